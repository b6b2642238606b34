/* high_water.c -- calloc skips the memset for bins never handed out, and for no others.
 *
 * The mark is one number a slab: bins below it were used. Each test makes a slab's used and unused
 * bins lie in an order that a wrong mark would confuse.
 */
#include <criterion/criterion.h>

#include "bitslab.h"
#include "support/blocks.h"

#define BINS_MAX 4096

static unsigned char *bins[BINS_MAX];

static const size_t sizes[] = {16, 48, 64, 100, 256, 1000, 4096, 5000, 16384, 32768};

static unsigned bins_of(size_t size) { return (unsigned)(64 * KIB / size); }

static void expect_zeros(unsigned char *block, size_t size) {
    cr_assert(all_zero(block, size), "calloc(1, %zu) is not zero (slab.h: used_bins)", size);
    memset(block, 0xa5, size);
}

static void callocs(unsigned first, unsigned end, size_t size) {
    for (unsigned i = first; i < end; i++) expect_zeros(bins[i] = bitslab_calloc(1, size), size);
}

static void mallocs(unsigned first, unsigned end, size_t size) {
    for (unsigned i = first; i < end; i++) memset(bins[i] = bitslab_malloc(size), 0xa5, size);
}

static void frees(unsigned first, unsigned end, unsigned step) {
    for (unsigned i = first; i < end; i += step) bitslab_free(bins[i]);
}

Test(stage02_slab, calloc_after_a_whole_slab_was_dirty) {
    for (unsigned i = 0; i < COUNT_OF(sizes); i++) {
        unsigned count = bins_of(sizes[i]);
        mallocs(0, count, sizes[i]);
        frees(0, count, 1);
        callocs(0, count, sizes[i]);
        frees(0, count, 1);
    }
}

Test(stage02_slab, calloc_from_the_mark_upwards) {
    for (unsigned i = 0; i < COUNT_OF(sizes); i++) {
        unsigned count = bins_of(sizes[i]);
        mallocs(0, count / 2, sizes[i]);
        callocs(count / 2, count, sizes[i]);
        frees(0, count, 1);
    }
}

/* The bin freed last was the mark's highest; below and above it lie both kinds. */
Test(stage02_slab, calloc_of_holes_below_the_mark) {
    for (unsigned i = 0; i < COUNT_OF(sizes); i++) {
        unsigned count = bins_of(sizes[i]), part = count / 2;
        mallocs(0, part, sizes[i]);
        frees(0, part, 3);
        for (unsigned k = 0; k < part; k += 3)
            expect_zeros(bins[k] = bitslab_calloc(1, sizes[i]), sizes[i]);
        callocs(part, count, sizes[i]);
        frees(0, count, 1);
    }
}

Test(stage02_slab, calloc_beside_the_mark) {
    for (unsigned i = 0; i < COUNT_OF(sizes); i++) {
        unsigned count = bins_of(sizes[i]);
        for (unsigned k = 0; k < count; k++) {
            unsigned char *dirty = bitslab_malloc(sizes[i]);
            memset(dirty, 0xa5, sizes[i]);
            bitslab_free(dirty);
            callocs(k, k + 1, sizes[i]);
        }
        frees(0, count, 1);
    }
}

Test(stage02_slab, calloc_of_less_than_the_bin_that_was_dirty) {
    for (size_t size = 1; size <= 2000; size += 1 + size / 16) {
        unsigned char *dirty = bitslab_malloc(size);
        memset(dirty, 0xa5, bitslab_usable_size(dirty));
        bitslab_free(dirty);
        unsigned char *block = bitslab_calloc(size, 1);
        expect_zeros(block, size);
        bitslab_free(block);
    }
}
