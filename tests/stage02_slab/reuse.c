/* reuse.c -- freed bins serve again, the lowest first; calloc clears what was used. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bitslab.h"
#include "support/pattern.h"
#include "support/reuse.h"

static size_t mapped(void) {
    struct bitslab_stats stats;
    bitslab_stats(&stats);
    return stats.mapped_bytes;
}

Test(stage02_slab, a_freed_bin_serves_the_next_request_of_its_class) {
    void *first = bitslab_malloc(100);
    bitslab_free(first);
    cr_assert(serves_again(first, 97));
}

Test(stage02_slab, rounds_of_allocation_take_no_more_than_the_first) {
    static void *blocks[5000];
    size_t after_first = 0;
    for (unsigned round = 0; round < 20; round++) {
        for (unsigned i = 0; i < 5000; i++) blocks[i] = bitslab_malloc(1 + i % 3000);
        for (unsigned i = 0; i < 5000; i++) bitslab_free(blocks[(i * 7919u) % 5000]);
        if (round == 0) after_first = mapped();
    }
    cr_assert_eq(mapped(), after_first);
}

#if STAGE <= 3
Test(stage02_slab, the_lowest_free_bin_comes_first) {
    char *blocks[64];
    for (unsigned i = 0; i < 64; i++) blocks[i] = bitslab_malloc(48);
    for (unsigned i = 1; i < 64; i++) cr_assert_eq(blocks[i], blocks[i - 1] + 48);
    bitslab_free(blocks[40]);
    bitslab_free(blocks[3]);
    bitslab_free(blocks[17]);
    cr_assert_eq(bitslab_malloc(48), blocks[3]);
    cr_assert_eq(bitslab_malloc(48), blocks[17]);
    cr_assert_eq(bitslab_malloc(48), blocks[40]);
}
#endif

Test(stage02_slab, calloc_of_used_bins_is_zero) {
    static char *blocks[3000];
    for (size_t size = 16; size <= 32768; size = size * 3 / 2) {
        size_t count = size > 4096 ? 60 : 3000;
        for (size_t i = 0; i < count; i++) {
            blocks[i] = bitslab_malloc(size);
            memset(blocks[i], 0xee, size);
        }
        for (size_t i = 0; i < count; i++) bitslab_free(blocks[i]);
        for (size_t i = 0; i < count; i++) {
            blocks[i] = bitslab_calloc(1, size);
            cr_assert(all_zero(blocks[i], size), "block %zu of %zu bytes", i, size);
        }
        for (size_t i = 0; i < count; i++) bitslab_free(blocks[i]);
    }
}

/* Half of the bins are dirty, and calloc must tell them from those that were never used. */
Test(stage02_slab, calloc_tells_used_bins_from_fresh_ones) {
    char *blocks[100];
    for (unsigned i = 0; i < 50; i++) memset(blocks[i] = bitslab_malloc(200), 0xee, 200);
    for (unsigned i = 0; i < 50; i += 2) bitslab_free(blocks[i]);
    for (unsigned i = 0; i < 100; i++) {
        char *block = bitslab_calloc(1, 200);
        cr_assert(all_zero(block, 200), "block %u", i);
        memset(block, 0xdd, 200);
    }
}

Test(stage02_slab, bins_of_a_slab_lie_apart) {
    static unsigned char *blocks[4096];
    for (size_t size = 16; size <= 1024; size += 16) {
        size_t count = 65536 / size;
        for (size_t i = 0; i < count; i++) {
            blocks[i] = bitslab_malloc(size);
            pattern_fill(blocks[i], bitslab_usable_size(blocks[i]), i);
        }
        for (size_t i = 0; i < count; i++) {
            cr_assert(pattern_ok(blocks[i], bitslab_usable_size(blocks[i]), i), "size %zu", size);
            bitslab_free(blocks[i]);
        }
    }
}

Test(stage02_slab, a_bin_wastes_at_most_a_quarter) {
    for (size_t size = 65; size <= 32768; size++) {
        void *block = bitslab_malloc(size);
        size_t usable = bitslab_usable_size(block);
        cr_assert_leq((usable - size) * 4, usable, "%zu bytes got %zu", size, usable);
        bitslab_free(block);
    }
}

#if STAGE == 2
Test(stage02_slab, alignment_ends_at_32_kib) {
    cr_assert_null(bitslab_aligned_alloc(65536, 10));
    void *block = bitslab_aligned_alloc(32768, 100000);
    cr_assert_not_null(block);
    cr_assert_eq((uintptr_t)block % 32768, 0);
}
#endif
