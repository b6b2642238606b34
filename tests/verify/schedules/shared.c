/* shared.c -- which locations are worth a stop.
 *
 * An operation on a location that one thread uses alone, or that nobody writes, is the same whenever
 * it happens: stopping before it only makes more runs. Which locations these are is learnt. At first
 * none is shared; when a run shows two threads at a location, one of them writing, it counts as
 * shared, and the search begins anew. It ends when no run shows anything new, and so every run that
 * was left out would have been the same as one that was made.
 */
#include "shared.h"

struct known {
    const volatile void *at;
    uint8_t readers, writers; /* a bit per thread */
    bool seen_shared;         /* in a run so far */
    bool shared;              /* and known as such since the search began */
};

#define TABLE 4096
static struct known table[TABLE];
static unsigned used;
static bool learnt;

static struct known *known_of(const volatile void *at) {
    uintptr_t hash = ((uintptr_t)at >> 2) * 0x9e3779b97f4a7c15u >> 40;
    while (table[hash % TABLE].at != at && table[hash % TABLE].at != NULL) hash++;
    struct known *known = &table[hash % TABLE];
    if (known->at == NULL && ++used == TABLE - 1) failed("too many locations to remember");
    known->at = at;
    return known;
}

bool shared_access(const volatile void *at, bool writes) {
    struct known *known = known_of(at);
    uint8_t me = (uint8_t)(1u << run.current);
    known->readers |= me;
    if (writes) known->writers |= me;
    bool conflict = known->writers != 0 && (known->readers & (known->readers - 1)) != 0;
    if (conflict) known->seen_shared = true;
    if (conflict && !known->shared) learnt = true;
    return known->shared;
}

bool shared_learnt(void) {
    if (!learnt) return false;
    for (unsigned i = 0; i < TABLE; i++) table[i].shared = table[i].seen_shared;
    learnt = false;
    return true;
}
