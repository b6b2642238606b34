/* beginnings.c -- the first that a thread does, when it has no heap. */
#include "scenario.h"

static void first_malloc(void) { watched_drop(watched_new(100)); }

static void first_fails(void) {
    failing = FAIL_MAP;
    void *block = watched_new(100);
    failing = FAIL_NOTHING;
    watched_drop(block);
    watched_drop(watched_new(100));
}

static void first_without_hook(void) {
    failing = FAIL_KEY;
    void *block = watched_new(100);
    failing = FAIL_NOTHING;
    watched_drop(block);
}

/* A thread without a heap frees: bins whose owner lives, or has given them up and ended. The first
 * of those that are nobody's makes it have a heap. */
static void first_frees(void) {
    for (unsigned i = 0; i < 6; i++) round_run();
    for (unsigned i = 0; i < 4; i++) watched_remote_drop(bag_take(&gifts));
    donor_ends(70, 32 * KIB);
    for (unsigned i = 0; i < 8; i++) {
        watched_remote_drop(blocks[i]);
        blocks[i] = NULL;
    }
    drop(8, 70);
}

static void first_is_huge(void) { watched_drop(watched_new(3 * MIB)); }

static void first_is_calloc(void) {
    void *block;
    WATCH(block = bitslab_calloc(10, 10));
    watched_drop(block_stamp(block, 100));
}

const struct scenario beginnings[] = {
    {"a thread's first malloc, and the OS has no memory", first_fails},
    {"a thread's first call is free", first_frees},
    {"a thread's first calloc", first_is_calloc},
    {"a thread's first call fails to set its hook", first_without_hook},
    {"a thread's first block is huge", first_is_huge},
    {"a thread's first malloc", first_malloc},
    {NULL, NULL},
};
