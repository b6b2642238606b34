/* large.c -- a victim's runs of slots, whole superpages, and mappings. */
#include "scenario.h"
#include "superpage.h"

/* Superpages become empty, more than the pool keeps with their memory. */
static void superpages_empty(void) {
    fill(14, 1900 * KIB);
    watched_drop_range(0, 3);
    drop(3, 11);
    watched_drop_range(11, 14);
    fill(150, 32 * KIB);
    drop(0, 110);
    for (unsigned i = 110; i < 150; i++) i % 4 ? drop(i, i + 1) : watched_drop_range(i, i + 1);
    for (unsigned i = 0; i < 3; i++) blocks[i] = watched_new(1900 * KIB);
    drop(0, 3);
}

static void wide_blocks(void) {
    static const size_t sizes[] = {500 * KIB, 310 * KIB, 1300 * KIB, 400 * KIB, 1984 * KIB, 100};
    void *block = watched_new(300 * KIB);
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        WATCH(block = bitslab_realloc(block, sizes[i]));
        block_stamp(block, sizes[i]);
    }
    watched_drop(block);
    WATCH(block = bitslab_calloc(1, 600 * KIB));
    watched_drop(block_stamp(block, 600 * KIB));
}

/* The superpage has the run and, behind it, the free slots that are missing to the whole. */
static bool may_take_all(const void *run, unsigned slots) {
    struct superpage *superpage = superpage_of((uintptr_t)run);
    return superpage->free_slots == slot_run(1 + slots, ALL_SLOT_COUNT - slots) &&
           block_is_victims(run);
}

/* A run that takes all that its superpage has left, so that the heap gives the superpage up. */
static void wide_takes_all(void) {
    ready();
    no_stock = true;
    block_drop(block_new(ALL_SLOT_COUNT * SLAB_BYTES)); /* an empty superpage is at hand now */
    watched_drop(watched_new(ALL_SLOT_COUNT * SLAB_BYTES));
    fill(6, 20 * SLAB_BYTES);
    for (unsigned i = 0; i < 6; i++) {
        if (!may_take_all(blocks[i], 20)) continue;
        WATCH(blocks[i] = bitslab_realloc(blocks[i], ALL_SLOT_COUNT * SLAB_BYTES));
        block_stamp(blocks[i], ALL_SLOT_COUNT * SLAB_BYTES);
        break;
    }
    no_stock = false;
    drop(0, 6);
}

static void huge_blocks(void) {
    static const size_t sizes[] = {3 * MIB, 5 * MIB, 4 * MIB, 40 * MIB, 41 * MIB, 2 * MIB, 1 * MIB};
    void *block = watched_new(2500 * KIB);
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        WATCH(block = bitslab_realloc(block, sizes[i]));
        block_stamp(block, sizes[i]);
    }
    watched_drop(block);
    WATCH(block = bitslab_calloc(1, 6 * MIB));
    watched_drop(block_stamp(block, 6 * MIB));
}

/* More mappings than the cache keeps, and one that it does not take at all. */
static void huge_cache(void) {
    for (unsigned i = 0; i < 12; i++) blocks[i] = block_new((2 + i) * MIB);
    watched_drop_range(0, 12);
    for (unsigned i = 0; i < 4; i++) blocks[i] = watched_new((9 + i) * MIB);
    watched_drop_range(0, 4);
    watched_drop(block_new(20 * MIB));
}

static void huge_resize_fails(void) {
    void *block = block_new(3 * MIB);
    void *moved = NULL;
    failing = FAIL_RESIZE; /* so the mapping is moved */
    WATCH(block = bitslab_realloc(block, 6 * MIB));
    failing = FAIL_MOVE; /* so it is copied */
    WATCH(block = bitslab_realloc(block, 9 * MIB));
    block_stamp(block, 9 * MIB);
    failing = FAIL_MAP;
    map_hint = NULL;
    WATCH(moved = bitslab_realloc(block, 60 * MIB));
    failing = FAIL_NOTHING;
    watched_drop(moved != NULL ? block_stamp(moved, 60 * MIB) : block);
}

const struct scenario large_scenarios[] = {
    {"superpages become empty", superpages_empty},
    {"wide blocks", wide_blocks},
    {"a wide block takes all", wide_takes_all},
    {"huge blocks", huge_blocks},
    {"the cache of huge blocks", huge_cache},
    {"huge blocks that the OS does not resize", huge_resize_fails},
    {NULL, NULL},
};
