/* holes.c -- what is freed serves the next request, so memory grows with what is live at once. */
#include <criterion/criterion.h>

#include "bitslab.h"
#include "support/blocks.h"
#include "support/reuse.h"

#define BLOCKS_MAX SCALED(70000, 7000, 30000)
#define BIN_MAX (32 * KIB)

static unsigned char *blocks[BLOCKS_MAX];

/* Some size of every class, and on both sides of its limits. */
static const size_t sizes[] = {1,    16,   17,   32,   48,   64,   80,    100,   128,   129,
                               200,  256,  300,  500,  512,  700,  1000,  1024,  1025,  1500,
                               2000, 3000, 4096, 5000, 8192, 9000, 16384, 20000, 32767, 32768};

static void allocate(unsigned count, size_t size) {
    for (unsigned i = 0; i < count; i++) {
        blocks[i] = bitslab_malloc(size);
        cr_assert_not_null(blocks[i]);
        pattern_fill(blocks[i], size, i);
    }
}

static void release(unsigned count, size_t size) {
    for (unsigned i = 0; i < count; i++) {
        cr_assert(pattern_ok(blocks[i], size, i), "block %u of %zu bytes was overwritten", i, size);
        bitslab_free(blocks[i]);
    }
}

Test(stage02_slab, a_freed_bin_is_the_next_one_handed_out) {
    for (unsigned i = 0; i < COUNT_OF(sizes); i++) {
        bitslab_free(bitslab_malloc(sizes[i]));
        unsigned char *block = bitslab_malloc(sizes[i]);
        for (unsigned round = 0; round < (BINS_IN_TURN ? 1000 : 3); round++) {
            bitslab_free(block);
            cr_assert(serves_again(block, sizes[i]), "%zu bytes, round %u", sizes[i], round);
            block = bitslab_malloc(sizes[i]);
        }
        bitslab_free(block);
    }
}

Test(stage02_slab, rounds_of_the_same_take_the_memory_of_one) {
    for (unsigned i = 0; i < COUNT_OF(sizes); i++) {
        unsigned count = (unsigned)(MIB / sizes[i]);
        if (count > BLOCKS_MAX) count = BLOCKS_MAX;
        allocate(count, sizes[i]);
        release(count, sizes[i]);
        size_t after_one = stats_now().mapped_bytes;
        for (unsigned round = 0; round < FEWER(10); round++) {
            allocate(count, sizes[i]);
            release(count, sizes[i]);
        }
        cr_assert_leq(stats_now().mapped_bytes, after_one + QUARANTINE_BYTES,
                      "ten more rounds of %zu bytes took %zu", sizes[i],
                      stats_now().mapped_bytes - after_one);
    }
}

/* A round of one size: with a step each, the holes are single bins, whole words, whole slabs. */
static void reuse_holes(size_t size, unsigned step) {
    unsigned count = (unsigned)(2 * MIB / size);
    if (count > BLOCKS_MAX) count = BLOCKS_MAX;
    allocate(count, size);
    size_t before = stats_now().mapped_bytes;
    for (unsigned i = 0; i < count; i++)
        if (i / step % 2 == 0) bitslab_free(blocks[i]);
    for (unsigned i = 0; i < count; i++) {
        if (i / step % 2 != 0) continue;
        blocks[i] = bitslab_malloc(size);
        pattern_fill(blocks[i], size, i);
    }
    cr_assert_leq(stats_now().mapped_bytes, before + QUARANTINE_BYTES,
                  "holes of %u bins of %zu bytes were not filled (slab.h: I1)", step, size);
    release(count, size);
}

Test(stage02_slab, holes_are_filled_before_memory_is_taken) {
    static const unsigned steps[] = {1, 7, 64, 1000};
    for (unsigned i = 0; i < COUNT_OF(sizes); i++)
        for (unsigned k = 0; k < COUNT_OF(steps); k++) reuse_holes(sizes[i], steps[k]);
}

Test(stage02_slab, more_than_the_region_passes_through_in_small_blocks) {
    uint64_t state = 8;
    for (unsigned step = 0; step < FEWER(400000); step++) {
        unsigned i = (unsigned)random_below(&state, 200);
        bitslab_free(blocks[i]);
        blocks[i] = bitslab_malloc(1 + random_below(&state, BIN_MAX));
        cr_assert_not_null(blocks[i], "step %u", step);
        blocks[i][0] = 1;
    }
    cr_assert_leq(stats_now().mapped_bytes, 64 * MIB, "6 GiB passed, 3 MiB at a time: %zu MiB",
                  stats_now().mapped_bytes / MIB);
    for (unsigned i = 0; i < 200; i++) bitslab_free(blocks[i]);
}

/* realloc frees what it leaves. */
Test(stage02_slab, blocks_left_by_realloc_are_reused) {
    for (unsigned round = 0; round < FEWER(2000); round++) {
        unsigned char *block = NULL;
        for (size_t size = 1; size <= BIN_MAX; size *= 2) block = bitslab_realloc(block, size);
        bitslab_free(block);
    }
    cr_assert_leq(stats_now().mapped_bytes, 4 * MIB);
}
