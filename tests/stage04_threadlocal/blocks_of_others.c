/* blocks_of_others.c -- blocks that one thread allocates and another one uses, resizes or frees. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "bitslab.h"
#include "support/idle.h"
#include "support/pattern.h"
#include "support/threads.h"

#define BLOCKS 100

static void *blocks[BLOCKS];

static void *free_all(void *item) {
    (void)item;
    for (unsigned i = 0; i < BLOCKS; i++) bitslab_free(blocks[i]);
    return NULL;
}

#if STAGE == 4 /* later ones bring these blocks back */
static void allocate_all(size_t size) {
    for (unsigned i = 0; i < BLOCKS; i++) {
        blocks[i] = bitslab_malloc(size);
        cr_assert_not_null(blocks[i]);
        memset(blocks[i], 0x5a, size < 4096 ? size : 4096);
    }
}

static size_t set_aside_by_frees_of(size_t size) {
    struct bitslab_stats before, after;
    allocate_all(size);
    bitslab_stats(&before);
    in_thread(free_all, NULL);
    bitslab_stats(&after);
    return after.frees_set_aside - before.frees_set_aside;
}

Test(stage04_threadlocal, bins_freed_by_a_stranger_are_set_aside_and_counted) {
    cr_assert_eq(set_aside_by_frees_of(16), BLOCKS);
    cr_assert_eq(set_aside_by_frees_of(1000), BLOCKS);
    cr_assert_eq(set_aside_by_frees_of(40000), BLOCKS);
}

Test(stage04_threadlocal, wide_blocks_freed_by_a_stranger_are_set_aside_and_counted) {
    cr_assert_eq(set_aside_by_frees_of(300 << 10), BLOCKS);
}

Test(stage04_threadlocal, frees_by_the_owner_are_not_set_aside) {
    struct bitslab_stats stats;
    allocate_all(100);
    free_all(NULL);
    bitslab_stats(&stats);
    cr_assert_eq(stats.frees_set_aside, 0);
}
#endif

Test(stage04_threadlocal, a_huge_block_freed_by_another_thread_comes_back) {
    struct bitslab_stats before, after;
    bitslab_stats(&before);
    for (unsigned round = 0; round < 20; round++) {
        for (unsigned i = 0; i < 4; i++) blocks[i] = bitslab_malloc(20 << 20);
        for (unsigned i = 4; i < BLOCKS; i++) blocks[i] = NULL;
        in_thread(free_all, NULL);
    }
    idle_for_a_while(); /* in the final stage, the cache keeps more, and not for long */
    bitslab_stats(&after);
    cr_assert_eq(after.huge_blocks, 0, "%zu huge blocks are still counted", after.huge_blocks);
    /* 1,600 MiB passed through; the cache of huge blocks keeps at most 32 MiB. */
    cr_assert_leq(after.mapped_bytes - before.mapped_bytes, (size_t)40 << 20);
}

Test(stage04_threadlocal, huge_blocks_freed_by_another_thread_are_reused_from_the_cache) {
    struct bitslab_stats stats;
    for (unsigned round = 0; round < 200; round++) {
        for (unsigned i = 0; i < BLOCKS; i++) blocks[i] = NULL;
        blocks[0] = bitslab_malloc(4 << 20);
        memset(blocks[0], 1, 4096);
        in_thread(free_all, NULL);
    }
    bitslab_stats(&stats);
    cr_assert_leq(stats.mapped_peak_bytes, (size_t)40 << 20);
}

struct foreign {
    unsigned char *block;
    size_t usable;
    bool same;
};

static void *look_at_it(void *item) {
    struct foreign *foreign = item;
    foreign->usable = bitslab_usable_size(foreign->block);
    return NULL;
}

Test(stage04_threadlocal, another_thread_can_ask_for_a_blocks_usable_size) {
    static const size_t sizes[] = {1, 16, 100, 5000, 40000, 300 << 10, 4 << 20};
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct foreign foreign = {.block = bitslab_malloc(sizes[i])};
        in_thread(look_at_it, &foreign);
        cr_assert_eq(foreign.usable, bitslab_usable_size(foreign.block));
        bitslab_free(foreign.block);
    }
}

static const size_t steps[] = {1,       16,      17,        100,       5000,
                               3000,    40000,   300 << 10, 400 << 10, 4 << 20,
                               9 << 20, 3 << 20, 280 << 10, 2000,      20};
#define STEP_COUNT (sizeof steps / sizeof steps[0])

static void *resize_it(void *item) {
    struct foreign *foreign = item;
    foreign->block = bitslab_realloc(foreign->block, foreign->usable);
    return NULL;
}

Test(stage04_threadlocal, another_threads_block_is_resized_with_its_content) {
    for (unsigned from = 0; from < STEP_COUNT; from++) {
        for (unsigned to = 0; to < STEP_COUNT; to++) {
            struct foreign foreign = {.block = bitslab_malloc(steps[from]), .usable = steps[to]};
            pattern_fill(foreign.block, steps[from], from);
            in_thread(resize_it, &foreign);
            size_t kept = steps[from] < steps[to] ? steps[from] : steps[to];
            cr_assert_not_null(foreign.block);
            cr_assert(pattern_ok(foreign.block, kept, from), "%zu to %zu bytes lost its content",
                      steps[from], steps[to]);
            bitslab_free(foreign.block);
        }
    }
}
