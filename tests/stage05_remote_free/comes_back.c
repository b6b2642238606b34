/* comes_back.c -- bins that a stranger freed are found by their owner.
 *
 * The owner's blocks take up less than a superpage, so that it stays the owner in stage 6, too,
 * where superpages without a free bin are let go of.
 */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "bitslab.h"
#include "support/flavour.h"
#include "support/threads.h"

#define BLOCKS_MAX 50000

static unsigned char *blocks[BLOCKS_MAX];
static void *again[2 * BLOCKS_MAX];

/* What the stranger frees: every `step`-th block from `first` on, before `end`. */
struct range {
    unsigned first, end, step;
    bool flush; /* then allocate a little, which makes the stranger tell what it held back */
};

static bool freed(const struct range *range, unsigned i) {
    return i >= range->first && i < range->end && (i - range->first) % range->step == 0;
}

static void free_range(void *item) {
    const struct range *range = item;
    for (unsigned i = range->first; i < range->end; i += range->step) bitslab_free(blocks[i]);
    if (range->flush) bitslab_free(bitslab_malloc(300 << 10));
}

static void allocate(unsigned count, size_t size) {
    for (unsigned i = 0; i < count; i++) {
        blocks[i] = bitslab_malloc(size);
        cr_assert_not_null(blocks[i]);
        memset(blocks[i], 0xff, size);
    }
}

static int by_address(const void *a, const void *b) {
    uintptr_t x = (uintptr_t) * (void *const *)a, y = (uintptr_t) * (void *const *)b;
    return (x > y) - (x < y);
}

/* How many of the range's blocks are handed out again when the owner allocates `tries` more. */
static unsigned seen_again(const struct range *range, unsigned count, size_t size, unsigned tries) {
    unsigned seen = 0;
    for (unsigned i = 0; i < tries; i++) again[i] = bitslab_malloc(size);
    qsort(again, tries, sizeof again[0], by_address);
    for (unsigned i = 0; i < count; i++)
        if (freed(range, i))
            seen += bsearch(&blocks[i], again, tries, sizeof again[0], by_address) != NULL;
    return seen;
}

/* Allocate `count` blocks, let a stranger free some, and count those that come back. */
static unsigned come_back(unsigned count, size_t size, struct range range) {
    struct helper stranger;
    unsigned tries = (range.end - range.first) / range.step + (unsigned)(65536 / size) + 100;
    helper_start(&stranger);
    allocate(count, size);
    helper_do(&stranger, free_range, &range);
    unsigned seen = seen_again(&range, count, size, tries);
    helper_end(&stranger);
    return seen;
}

Test(stage05_remote_free, owner_reuses_bin_freed_by_stranger) {
    struct range one = {.first = 100, .end = 101, .step = 1, .flush = true};
    cr_assert_eq(come_back(300, 16, one), 1, "the bin is lost (remote_free.h, book ch. 5)");
}

Test(stage05_remote_free, owner_reuses_the_last_bin_of_a_slab) {
    struct range one = {.first = 4095, .end = 4096, .step = 1, .flush = true};
    cr_assert_eq(come_back(5000, 16, one), 1);
}

Test(stage05_remote_free, owner_reuses_bins_of_the_same_word) {
    struct range word = {.first = 64, .end = 128, .step = 1, .flush = true};
    cr_assert_eq(come_back(4096, 16, word), 64);
}

Test(stage05_remote_free, owner_reuses_bins_of_different_words) {
    struct range words = {.first = 5, .end = 4096, .step = 64, .flush = true};
    cr_assert_eq(come_back(4096, 32, words), 64);
}

Test(stage05_remote_free, owner_reuses_bins_of_many_slabs) {
    struct range slabs = {.first = 0, .end = 40000, .step = 2, .flush = true};
    unsigned seen = come_back(40000, 32 - SPARE_BYTES, slabs);
    cr_assert_geq(seen + QUARANTINE_BINS, 20000, "%u of 20000", seen);
}

Test(stage05_remote_free, owner_reuses_all_bins_but_those_that_the_stranger_keeps) {
    static const size_t sizes[] = {64, 112, 256, 1024, 4096};
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        unsigned count = (unsigned)((256 << 10) / sizes[i]);
        unsigned magazine = 16384 / sizes[i] < 48 ? (unsigned)(16384 / sizes[i]) : 48;
        struct range half = {.first = 0, .end = count, .step = 2, .flush = true};
        unsigned seen = come_back(count, sizes[i], half);
        cr_assert_geq(seen + magazine, (count + 1) / 2,
                      "%u of %u bins of %zu bytes came back, and a magazine holds %u", seen,
                      (count + 1) / 2, sizes[i], magazine);
    }
}

Test(stage05_remote_free, frees_that_are_held_back_are_few) {
    /* 16 words of 64 bins may wait to be told together; here each word gets one bin at a time. */
    struct range words = {.first = 0, .end = 40000, .step = 3, .flush = false};
    unsigned freed = 40000 / 3 + 1, seen = come_back(40000, 16, words);
    cr_assert_geq(seen + 16 * 64, freed, "%u of %u bins came back (config.h: COMBINE_COUNT)", seen,
                  freed);
}

Test(stage05_remote_free, frees_that_are_held_back_arrive_when_the_stranger_allocates) {
    struct range range = {.first = 10, .end = 20, .step = 1, .flush = false};
    struct range nothing = {.first = 0, .end = 0, .step = 1, .flush = true};
    struct helper stranger;
    helper_start(&stranger);
    allocate(4096, 16);
    helper_do(&stranger, free_range, &nothing); /* it gets a heap: without one, nothing waits */
    helper_do(&stranger, free_range, &range);
    helper_do(&stranger, free_range, &nothing);
    if (HARDENED) helper_end(&stranger); /* till then they may be in its quarantine */
    cr_assert_eq(seen_again(&range, 4096, 16, 5000), 10);
    if (!HARDENED) helper_end(&stranger);
}

Test(stage05_remote_free, a_stranger_without_a_heap_holds_nothing_back) {
    struct range range = {.first = 0, .end = 4096, .step = 1, .flush = false};
    cr_assert_eq(come_back(4096, 16, range), 4096);
}

Test(stage05_remote_free, whole_slabs_freed_by_a_stranger_serve_other_sizes) {
    struct range all = {.first = 0, .end = 40000, .step = 1, .flush = true};
    struct bitslab_stats before, after;
    struct helper stranger;
    helper_start(&stranger);
    allocate(40000, 32); /* 1.25 MB */
    helper_do(&stranger, free_range, &all);
    bitslab_stats(&before);
    for (unsigned i = 0; i < 1200; i++) again[i] = bitslab_malloc(1000); /* 1.2 MB */
    bitslab_stats(&after);
    cr_assert_leq(after.mapped_bytes, before.mapped_bytes,
                  "empty slabs are not given to other classes");
    helper_end(&stranger);
}

/* Content of blocks that a stranger freed full of 0xff. */
static size_t bytes_not_zero(unsigned count, size_t size) {
    struct range all = {.first = 0, .end = count, .step = 1, .flush = true};
    struct helper stranger;
    size_t bad = 0;
    helper_start(&stranger);
    for (unsigned round = 0; round < 3; round++) {
        allocate(count, size);
        helper_do(&stranger, free_range, &all);
        for (unsigned i = 0; i < count; i++) {
            blocks[i] = bitslab_calloc(1, size);
            for (size_t at = 0; at < size; at++) bad += blocks[i][at] != 0;
        }
        helper_do(&stranger, free_range, &all);
    }
    helper_end(&stranger);
    return bad;
}

Test(stage05_remote_free, calloc_of_memory_that_came_back_is_zero) {
    static const size_t sizes[] = {16,   48,       64,        100,       1024,
                                   5000, 32 << 10, 100 << 10, 300 << 10, 4 << 20};
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        unsigned count = (unsigned)((1 << 20) / sizes[i]) + 2;
        cr_assert_eq(bytes_not_zero(count > 9000 ? 9000 : count, sizes[i]), 0,
                     "calloc(1, %zu) is not zero (slab.c: the high-water mark)", sizes[i]);
    }
}

static void free_and_reuse(void *item) {
    size_t size = *(size_t *)item;
    blocks[1] = NULL;
    void *own = bitslab_malloc(size); /* only who allocates blocks of a size keeps strangers' */
    bitslab_free(blocks[0]);
    blocks[1] = bitslab_malloc(size);
    bitslab_free(own);
}

/* The owner gets a block back once it has used up what it had. */
static bool owner_gets(const void *block, size_t size) {
    unsigned count = 0;
    bool seen = false;
    while (count < 2 * BLOCKS_MAX && !seen) {
        again[count] = bitslab_malloc(size);
        seen = again[count++] == block;
    }
    while (count > 0) bitslab_free(again[--count]);
    return seen;
}

/* Where bins don't come in turn, the block waits in a quarantine until the stranger ends. */
Test(stage05_remote_free, a_stranger_hands_out_again_what_it_freed) {
    static size_t sizes[] = {64, 100, 512, 1024, 4000, 16 << 10};
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct helper stranger;
        helper_start(&stranger);
        allocate(1, sizes[i]);
        helper_do(&stranger, free_and_reuse, &sizes[i]);
        cr_assert((blocks[1] == blocks[0]) == BINS_IN_TURN,
                  "a bin of %zu bytes was not reused where it was freed", sizes[i]);
        helper_end(&stranger);
        if (!BINS_IN_TURN) cr_assert(owner_gets(blocks[0], sizes[i]), "%zu bytes", sizes[i]);
    }
}

Test(stage05_remote_free, a_stranger_never_hands_out_bins_smaller_than_a_cache_line) {
    static size_t sizes[] = {1, 32 - SPARE_BYTES, 48 - SPARE_BYTES};
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct helper stranger;
        helper_start(&stranger);
        allocate(1, sizes[i]);
        helper_do(&stranger, free_and_reuse, &sizes[i]);
        cr_assert_neq(blocks[1], blocks[0]);
        helper_end(&stranger);
    }
}
