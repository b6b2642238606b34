/* limits.c -- requests that cannot be met, memory that there is not, and what gives it back. */
#include "scenario.h"

#include <stdlib.h>

static void impossible_requests(void) {
    void *block = block_new(100);
    void *none[6];
    WATCH(none[0] = bitslab_malloc(SIZE_MAX));
    WATCH(none[1] = bitslab_calloc(SIZE_MAX / 2, 3));
    WATCH(none[2] = bitslab_realloc(block, SIZE_MAX));
    WATCH(none[3] = bitslab_aligned_alloc(SIZE_MAX / 2 + 1, 16));
    WATCH(none[4] = bitslab_calloc(SIZE_MAX / 2, 1));
    WATCH(bitslab_posix_memalign(&none[5], SIZE_MAX / 2 + 1, 16));
    for (unsigned i = 0; i < 5; i++)
        if (none[i] != NULL) abort();
    watched_drop(block);
}

/* Take all that is left anywhere, for runs and for slabs. The blocks that there are then. */
static unsigned use_up(unsigned count) {
    failing = FAIL_MAP;
    while (count < 3000 && (blocks[count] = block_new(1900 * KIB)) != NULL) count++;
    while (count < 4000 && (blocks[count] = block_new(40 * KIB)) != NULL) count++;
    return count;
}

static void no_memory(void) {
    unsigned count = use_up(0);
    void *none;
    WATCH(none = bitslab_malloc(1900 * KIB));
    bitslab_free(none);
    WATCH(none = bitslab_malloc(40 * KIB));
    bitslab_free(none);
    WATCH(none = bitslab_malloc(7 * MIB));
    bitslab_free(none);
    WATCH(none = bitslab_aligned_alloc(4 * MIB, 100));
    bitslab_free(none);
    count = use_up(count);
    failing = FAIL_NOTHING;
    atomic_store(&shared->quiet, true); /* nobody gives superpages back */
    for (unsigned i = 0; i < 4; i++) blocks[count++] = watched_new(1900 * KIB);
    atomic_store(&shared->quiet, false);
    drop(0, count);
}

/* The registry needs a new leaf for each 64 GiB, and may not get one. */
static void far_away(void) {
    static uintptr_t at = (uintptr_t)1 << 44;
    map_hint = (void *)(at += (uintptr_t)1 << 37);
    watched_drop(watched_new(30 * MIB));
    map_hint = (void *)((at += (uintptr_t)1 << 37) + 64 * KIB); /* not aligned */
    watched_drop(watched_new(30 * MIB));
}

static void trim(void) {
    struct bitslab_stats stats;
    ready();
    no_stock = true; /* a heap with full caches takes long to empty */
    donor_ends(40, 1000);
    drop(0, 40);
    bitslab_trim();
    block_drop(block_new(20 * KIB));
    fill(10, 1200 * KIB);
    drop(0, 10);
    WATCH(bitslab_trim());
    fill(10, 1200 * KIB);
    drop(0, 10);
    failing = FAIL_ADVISE;
    WATCH(bitslab_trim());
    failing = FAIL_NOTHING;
    watched_drop(watched_new(1200 * KIB));
    WATCH(bitslab_stats(&stats));
    no_stock = false;
}

static void check(void) {
    ready();
    no_stock = true;
    bitslab_trim();
    void *block = block_new(50 * KIB);
    WATCH(bitslab_check());
    no_stock = false;
    watched_drop(block);
}

const struct scenario limit_scenarios[] = {
    {"trim", trim},
    {"impossible requests", impossible_requests},
    {"the OS has no memory", no_memory},
    {"mappings far away", far_away},
    {"check", check},
    {NULL, NULL},
};
