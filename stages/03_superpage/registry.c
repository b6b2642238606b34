/* registry.c -- a bitmap of the address space in two levels. */
#include "registry.h"

#include "bits.h"
#include "config.h"
#include "os.h"
#include "stats.h"

#define ADDRESS_BITS (sizeof(void *) == 8 ? 48 : 32)
#define LEAF_SHIFT (sizeof(void *) == 8 ? 15 : 11) /* superpages per leaf: 4 KiB of bits, or all */
#define LEAF_BYTES ((size_t)4096)
#define ROOT_COUNT ((size_t)1 << (sizeof(void *) == 8 ? 12 : 0))

struct leaf {
    uint64_t bits[LEAF_BYTES / sizeof(uint64_t)];
};

static struct leaf *root[ROOT_COUNT];

static struct leaf *leaf_at(uintptr_t number) { return root[number >> LEAF_SHIFT]; }

static struct leaf *leaf_make(uintptr_t number) {
    size_t bytes = round_up(sizeof(struct leaf), os_page_bytes());
    struct leaf *leaf = (struct leaf *)os_map(bytes, os_page_bytes());
    if (leaf == NULL) return NULL;
    root[number >> LEAF_SHIFT] = leaf;
    stats_mapped(bytes);
    return leaf;
}

static uint64_t *word_of(struct leaf *leaf, uintptr_t number) {
    return &leaf->bits[(number & (((uintptr_t)1 << LEAF_SHIFT) - 1)) / 64];
}

bool registry_add(uintptr_t base) {
    if ((uint64_t)base >> ADDRESS_BITS != 0) return false;
    uintptr_t number = base >> SUPERPAGE_SHIFT;
    struct leaf *leaf = leaf_at(number);
    if (leaf == NULL) leaf = leaf_make(number);
    if (leaf == NULL) return false;
    *word_of(leaf, number) |= (uint64_t)1 << (number % 64);
    return true;
}

void registry_remove(uintptr_t base) {
    uintptr_t number = base >> SUPERPAGE_SHIFT;
    *word_of(leaf_at(number), number) &= ~((uint64_t)1 << (number % 64));
}

bool registry_has(uintptr_t address) {
    if ((uint64_t)address >> ADDRESS_BITS != 0) return false;
    uintptr_t number = address >> SUPERPAGE_SHIFT;
    struct leaf *leaf = leaf_at(number);
    return leaf != NULL && *word_of(leaf, number) >> (number % 64) & 1;
}
