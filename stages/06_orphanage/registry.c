/* registry.c -- a bitmap of the address space in two levels. */
#include "registry.h"

#include "atomic.h"
#include "bits.h"
#include "config.h"
#include "mapping.h"
#include "os.h"

#define ADDRESS_BITS (sizeof(void *) == 8 ? 48 : 32)
#define LEAF_SHIFT (sizeof(void *) == 8 ? 15 : 11) /* superpages per leaf: 4 KiB of bits, or all */
#define LEAF_BYTES ((size_t)4096)
#define ROOT_COUNT ((size_t)1 << (sizeof(void *) == 8 ? 12 : 0))

struct leaf {
    _Atomic uint64_t bits[LEAF_BYTES / sizeof(uint64_t)];
};

static _Atomic(struct leaf *) root[ROOT_COUNT];

static struct leaf *leaf_at(uintptr_t number) {
    return atom_load(&root[number >> LEAF_SHIFT], acquire); /* [RG-1] sees the leaf's zeros */
}

static size_t leaf_bytes(void) { return round_up(sizeof(struct leaf), os_page_bytes()); }

/* Whoever loses the race to install a leaf gives its own back. */
static struct leaf *leaf_make(uintptr_t number) {
    size_t bytes = leaf_bytes();
    struct leaf *leaf = (struct leaf *)mapping_make(bytes, os_page_bytes());
    if (leaf == NULL) return NULL;
    struct leaf *other = NULL;
    if (!atom_cas(&root[number >> LEAF_SHIFT], &other, leaf, release, acquire)) { /* [RG-1] */
        mapping_end(leaf, bytes);
        return other;
    }
    return leaf;
}

static _Atomic uint64_t *word_of(struct leaf *leaf, uintptr_t number) {
    return &leaf->bits[(number & (((uintptr_t)1 << LEAF_SHIFT) - 1)) / 64];
}

bool registry_add(uintptr_t base) {
    if ((uint64_t)base >> ADDRESS_BITS != 0) return false;
    uintptr_t number = base >> SUPERPAGE_SHIFT;
    struct leaf *leaf = leaf_at(number);
    if (leaf == NULL) leaf = leaf_make(number);
    if (leaf == NULL) return false;
    atom_or(word_of(leaf, number), (uint64_t)1 << (number % 64), relaxed);
    return true;
}

void registry_remove(uintptr_t base) {
    uintptr_t number = base >> SUPERPAGE_SHIFT;
    atom_and(word_of(leaf_at(number), number), ~((uint64_t)1 << (number % 64)), relaxed);
}

bool registry_has(uintptr_t address) {
    if ((uint64_t)address >> ADDRESS_BITS != 0) return false;
    uintptr_t number = address >> SUPERPAGE_SHIFT;
    struct leaf *leaf = leaf_at(number);
    return leaf != NULL && atom_load(word_of(leaf, number), relaxed) >> (number % 64) & 1;
}

uintptr_t registry_next(uintptr_t base) {
    uintptr_t number = (base >> SUPERPAGE_SHIFT) + 1;
    while (number >> LEAF_SHIFT < ROOT_COUNT) {
        struct leaf *leaf = leaf_at(number);
        uint64_t word = leaf == NULL ? 0 : atom_load(word_of(leaf, number), relaxed);
        word &= ~(uint64_t)0 << (number % 64);
        if (word != 0) return (number - number % 64 + lowest_bit(word)) << SUPERPAGE_SHIFT;
        uintptr_t step = leaf == NULL ? (uintptr_t)1 << LEAF_SHIFT : 64;
        number = (number / step + 1) * step;
    }
    return 0;
}

size_t registry_bytes(void) {
    size_t bytes = 0;
    for (size_t i = 0; i < ROOT_COUNT; i++)
        if (leaf_at(i << LEAF_SHIFT) != NULL) bytes += leaf_bytes();
    return bytes;
}
