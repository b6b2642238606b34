/* pool.c -- empty superpages, resident or purged. */
#include "pool.h"

#include "decay.h"
#include "huge_cache.h"
#include "misuse.h"
#include "stack.h"

/* What came in this epoch, in the last one, and before: by the epoch's number, modulo. */
#define AGES 3
enum age { YOUNG, OLD, DUE };

static struct stack resident[AGES];
static struct stack purged;
static _Atomic uint32_t resident_count; /* about: frees and purges pass each other */
static _Atomic uint32_t shortages;

static _Atomic uint32_t *link_of(uintptr_t base) { return &superpage_of(base)->next_in_pool; }

static void push(struct stack *stack, struct superpage *superpage) {
    stack_push(stack, superpage_base((uintptr_t)superpage), link_of);
}

static struct stack *aged(unsigned age) { return &resident[(decay_epoch() + AGES - age) % AGES]; }

/* After an attempt to purge a superpage that counts as resident: if the OS refused, it stays so,
 * and a later attempt must find it. */
static void put_away(struct superpage *superpage, struct stack *refused) {
    if (superpage->touched_slots != 0) {
        push(refused, superpage);
        return;
    }
    atom_add(&resident_count, (uint32_t)-1, relaxed);
    push(&purged, superpage);
}

static uintptr_t pop_resident(enum age least) {
    for (unsigned age = least; age < AGES; age++) {
        uintptr_t base = stack_pop(aged(age), link_of);
        if (base != 0) return base;
    }
    return 0;
}

/* Purge one, if there is one. One that the OS refuses has its time again. */
static bool purge_one(enum age least) {
    uintptr_t base = pop_resident(least);
    if (base == 0) return false;
    superpage_purge(superpage_of(base));
    put_away(superpage_of(base), aged(YOUNG));
    return true;
}

bool pool_decay(void) {
    for (unsigned step = 0; step < PURGE_STEP_SUPERPAGES; step++)
        if (!purge_one(DUE)) return true;
    return false;
}

void pool_make_room(size_t bytes) {
    for (unsigned step = 0; step < PURGE_STEP_SUPERPAGES && bytes >= SUPERPAGE_BYTES; step++) {
        if (!purge_one(OLD) && !purge_one(YOUNG)) return;
        bytes -= SUPERPAGE_BYTES;
    }
}

void pool_put(struct superpage *superpage) {
    atom_store(&superpage->owner, OWNER_POOL, relaxed);
    uint32_t count = atom_add(&resident_count, 1, relaxed);
    if (count >= EMPTY_SUPERPAGES_KEPT || atom_load(&purge_delay_ms, relaxed) == 0) {
        superpage_purge(superpage);
        put_away(superpage, aged(YOUNG));
    } else {
        push(aged(YOUNG), superpage);
    }
    decay_step();
}

struct superpage *pool_take(void) {
    uintptr_t base = pop_resident(YOUNG);
    if (base != 0) {
        atom_add(&resident_count, (uint32_t)-1, relaxed);
        return superpage_of(base);
    }
    decay_step();
    huge_cache_make_room(SUPERPAGE_BYTES);
    base = stack_pop(&purged, link_of);
    if (base != 0) return superpage_of(base);
    atom_add(&shortages, 1, relaxed);
    return superpage_map();
}

uint32_t pool_shortages(void) { return atom_load(&shortages, relaxed); }

void pool_purge(void) {
    struct stack refused = {0};
    uintptr_t base;
    while ((base = pop_resident(YOUNG)) != 0) {
        superpage_purge(superpage_of(base));
        put_away(superpage_of(base), &refused);
    }
    while ((base = stack_pop(&refused, link_of)) != 0) push(aged(YOUNG), superpage_of(base));
}

static size_t count(struct stack *stack) {
    size_t nodes = 0;
    uintptr_t base = stack_top(stack);
    for (; base != 0; base = stack_next(base, link_of), nodes++) {
        struct superpage *superpage = superpage_of(base);
        bool pooled = atom_load(&superpage->owner, relaxed) == OWNER_POOL;
        if (!pooled || nodes > UINT32_MAX) misuse("survey", superpage, "I8: wrongly in the pool");
    }
    return nodes;
}

size_t pool_count(void) {
    size_t nodes = count(&purged);
    for (unsigned i = 0; i < AGES; i++) nodes += count(&resident[i]);
    return nodes;
}
