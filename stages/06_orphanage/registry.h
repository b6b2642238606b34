/* registry.h -- which 2 MiB of the address space are ours.
 *
 * Problem   free() of a pointer that is not ours would read a header that is not there.
 * Idea      One bit per superpage-sized piece of the address space, in two levels: a root that is
 *           part of the program, and leaves of one page that are mapped when first needed.
 * Progress  lookup: wait-free. add: lock-free, OS-bound when a leaf is missing.
 * Source    Evans 2006 (looking a chunk up by its address).
 */
#ifndef REGISTRY_H
#define REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "atomic.h"
#include "bits.h"
#include "config.h"

#define REGISTRY_ADDRESS_BITS (sizeof(void *) == 8 ? 48 : 32)
#define REGISTRY_LEAF_SHIFT (sizeof(void *) == 8 ? 15 : 11) /* superpages per leaf: 4 KiB, or all */
#define REGISTRY_LEAF_BYTES ((size_t)4096)
#define REGISTRY_ROOT_COUNT ((size_t)1 << (sizeof(void *) == 8 ? 12 : 0))

struct registry_leaf {
    _Atomic uint64_t bits[REGISTRY_LEAF_BYTES / sizeof(uint64_t)];
};

extern HIDDEN _Atomic(struct registry_leaf *) registry_root[REGISTRY_ROOT_COUNT];

/** Enter the superpage at base. False: no memory for a leaf, or an address beyond 2^48. */
bool registry_add(uintptr_t base);

/** Remove the superpage at base (huge blocks only; true superpages stay for ever). */
void registry_remove(uintptr_t base);

/** The first registered superpage behind base; 0 if there is none. */
uintptr_t registry_next(uintptr_t base);

/** Bytes mapped for the registry itself. */
size_t registry_bytes(void);

static inline struct registry_leaf *registry_leaf_at(uintptr_t number) {
    /* [RG-1] sees the leaf's zeros */
    return atom_load(&registry_root[number >> REGISTRY_LEAF_SHIFT], acquire);
}

static inline _Atomic uint64_t *registry_word(struct registry_leaf *leaf, uintptr_t number) {
    return &leaf->bits[(number & (((uintptr_t)1 << REGISTRY_LEAF_SHIFT) - 1)) / 64];
}

/** Whether an address lies in the first 2 MiB of a mapping of ours. */
static inline bool registry_has(uintptr_t address) {
    if ((uint64_t)address >> REGISTRY_ADDRESS_BITS != 0) return false;
    uintptr_t number = address >> SUPERPAGE_SHIFT;
    struct registry_leaf *leaf = registry_leaf_at(number);
    return leaf != NULL && atom_load(registry_word(leaf, number), relaxed) >> (number % 64) & 1;
}

#endif
