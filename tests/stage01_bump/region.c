/* region.c -- the limits of stages 1 and 2: one region of 1 GiB, and what of it is not reused. */
#include <criterion/criterion.h>
#include <errno.h>

#include "bitslab.h"
#include "support/blocks.h"

#if STAGE <= 2
#define BLOCKS_MAX (1 << 20)

static unsigned char *blocks[BLOCKS_MAX];

/* Blocks of one size until the region is used up; how many there were. */
static unsigned use_up(size_t size) {
    unsigned count = 0;
    errno = 0;
    while (count < BLOCKS_MAX && (blocks[count] = bitslab_malloc(size)) != NULL) {
        pattern_fill(blocks[count], size < 64 ? size : 64, count);
        count++;
    }
    cr_assert_eq(errno, ENOMEM);
    return count;
}

static void expect_intact(unsigned count, size_t size) {
    for (unsigned i = 0; i < count; i++)
        cr_assert(pattern_ok(blocks[i], size < 64 ? size : 64, i), "block %u of %u was overwritten",
                  i, count);
}

Test(stage01_bump, the_region_used_up_gives_null_and_enomem_and_keeps_contents) {
    unsigned count = use_up(20000);
    cr_assert_gt(count, GIB / 20000 * 3 / 4, "only %u blocks of 20,000 bytes", count);
    for (unsigned i = 0; i < 100; i++) {
        cr_assert_null(bitslab_malloc(20000));
        cr_assert_null(bitslab_calloc(1, 20000));
        cr_assert_null(bitslab_realloc(blocks[i], 40000));
    }
    expect_intact(count, 20000);
}

Test(stage01_bump, one_block_may_take_most_of_the_region) {
    unsigned char *block = bitslab_malloc(GIB - MIB);
    cr_assert_not_null(block);
    block[0] = block[GIB - MIB - 1] = 1;
    cr_assert_null(bitslab_malloc(MIB));
    cr_assert_not_null(bitslab_malloc(1000), "what is left serves smaller requests");
}
#endif

#if STAGE == 1
Test(stage01_bump, nothing_comes_back) {
    for (size_t size = 1; size < MIB; size += size / 2 + 1) {
        unsigned char *freed = bitslab_malloc(size);
        size_t before = stats_now().mapped_bytes;
        bitslab_free(freed);
        unsigned char *next = bitslab_malloc(size);
        cr_assert(next >= freed + size, "a block below the last one");
        cr_assert_geq(stats_now().mapped_bytes, before + size);
    }
}

Test(stage01_bump, a_small_block_takes_its_size_and_16_bytes) {
    bitslab_free(bitslab_malloc(1));
    size_t before = stats_now().mapped_bytes;
    for (unsigned i = 0; i < 1000; i++) (void)bitslab_malloc(100);
    cr_assert_leq(stats_now().mapped_bytes - before, 1000 * (112 + 16));
}

Test(stage01_bump, the_last_block_grows_in_place_and_others_move) {
    unsigned char *first = bitslab_malloc(100), *last = bitslab_malloc(100);
    pattern_fill(first, 100, 1);
    pattern_fill(last, 100, 2);
    cr_assert_eq(bitslab_realloc(last, 5 * MIB), last);
    cr_assert(pattern_ok(last, 100, 2));
    unsigned char *moved = bitslab_realloc(first, 200);
    cr_assert_neq(moved, first);
    cr_assert(pattern_ok(moved, 100, 1));
}

/* If the end could move back, calloc would give memory that was used. */
Test(stage01_bump, zeros_behind_a_last_block_that_shrank_and_grew) {
    unsigned char *last = bitslab_malloc(1000);
    memset(last, 0xa5, 1000);
    last = bitslab_realloc(last, 10);
    unsigned char *zeros = bitslab_calloc(1, 1000);
    cr_assert(all_zero(zeros, 1000));
}
#endif
