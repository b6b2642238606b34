/* registry.c -- a bitmap of the address space in two levels. */
#include "registry.h"

#include "atomic.h"
#include "bits.h"
#include "config.h"
#include "mapping.h"
#include "os.h"

_Atomic(struct registry_leaf *) registry_root[REGISTRY_ROOT_COUNT];

static size_t leaf_bytes(void) { return round_up(sizeof(struct registry_leaf), os_page_bytes()); }

/* Whoever loses the race to install a leaf gives its own back. */
static struct registry_leaf *leaf_make(uintptr_t number) {
    size_t bytes = leaf_bytes();
    struct registry_leaf *leaf = (struct registry_leaf *)mapping_make(bytes, os_page_bytes());
    if (leaf == NULL) return NULL;
    struct registry_leaf *other = NULL;
    /* [RG-1] */
    if (!atom_cas(&registry_root[number >> REGISTRY_LEAF_SHIFT], &other, leaf, release, acquire)) {
        mapping_end(leaf, bytes);
        return other;
    }
    return leaf;
}

bool registry_add(uintptr_t base) {
    if ((uint64_t)base >> REGISTRY_ADDRESS_BITS != 0) return false;
    uintptr_t number = base >> SUPERPAGE_SHIFT;
    struct registry_leaf *leaf = registry_leaf_at(number);
    if (leaf == NULL) leaf = leaf_make(number);
    if (leaf == NULL) return false;
    atom_or(registry_word(leaf, number), (uint64_t)1 << (number % 64), relaxed);
    return true;
}

void registry_remove(uintptr_t base) {
    uintptr_t number = base >> SUPERPAGE_SHIFT;
    atom_and(registry_word(registry_leaf_at(number), number), ~((uint64_t)1 << (number % 64)),
             relaxed);
}

uintptr_t registry_next(uintptr_t base) {
    uintptr_t number = (base >> SUPERPAGE_SHIFT) + 1;
    while (number >> REGISTRY_LEAF_SHIFT < REGISTRY_ROOT_COUNT) {
        struct registry_leaf *leaf = registry_leaf_at(number);
        uint64_t word = leaf == NULL ? 0 : atom_load(registry_word(leaf, number), relaxed);
        word &= ~(uint64_t)0 << (number % 64);
        if (word != 0) return (number - number % 64 + lowest_bit(word)) << SUPERPAGE_SHIFT;
        uintptr_t step = leaf == NULL ? (uintptr_t)1 << REGISTRY_LEAF_SHIFT : 64;
        number = (number / step + 1) * step;
    }
    return 0;
}

size_t registry_bytes(void) {
    size_t bytes = 0;
    for (size_t i = 0; i < REGISTRY_ROOT_COUNT; i++)
        if (registry_leaf_at(i << REGISTRY_LEAF_SHIFT) != NULL) bytes += leaf_bytes();
    return bytes;
}
