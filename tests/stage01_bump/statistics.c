/* statistics.c -- what bitslab_stats() tells. */
#include <criterion/criterion.h>

#include "bitslab.h"
#include "support/blocks.h"
#include "support/limits.h"

#define BLOCKS 1000

static unsigned char *blocks[BLOCKS];

Test(stage01_bump, mapped_bytes_cover_what_was_handed_out) {
    size_t total = 0;
    for (unsigned i = 0; i < BLOCKS; i++) {
        blocks[i] = bitslab_malloc(i * 100);
        total += bitslab_usable_size(blocks[i]);
        cr_assert_geq(stats_now().mapped_bytes, total);
    }
    for (unsigned i = 0; i < BLOCKS; i++) bitslab_free(blocks[i]);
}

Test(stage01_bump, the_peak_is_never_below_what_is_mapped_and_never_falls) {
    size_t peak = 0;
    uint64_t state = 1;
    for (unsigned step = 0; step < 300; step++) {
        unsigned i = (unsigned)random_below(&state, 20);
        bitslab_free(blocks[i]);
        blocks[i] = bitslab_malloc(random_below(&state, 4 * MIB));
        struct bitslab_stats stats = stats_now();
        cr_assert_geq(stats.mapped_peak_bytes, stats.mapped_bytes);
        cr_assert_geq(stats.mapped_peak_bytes, peak);
        peak = stats.mapped_peak_bytes;
    }
}

Test(stage01_bump, failures_map_nothing_for_good) {
    bitslab_free(bitslab_malloc(1));
    size_t before = stats_now().mapped_bytes;
    for (unsigned i = 0; i < 100; i++) {
        cr_assert_null(bitslab_malloc(ADDRESSES_BYTES));
        cr_assert_null(bitslab_calloc(SIZE_MAX, 2));
        cr_assert_null(bitslab_aligned_alloc(3, 100));
    }
    cr_assert_eq(stats_now().mapped_bytes, before);
}

Test(stage01_bump, asking_changes_nothing) {
    struct bitslab_stats first = stats_now(), second = stats_now();
    cr_assert_eq(memcmp(&first, &second, sizeof first), 0);
}

/* Counting costs an instruction a call, so the default build leaves both at 0. A counted build
 * counts blocks: a failed call and free(NULL) are none. */
Test(stage01_bump, calls_are_counted_in_counted_builds_only) {
    struct bitslab_stats before = stats_now();
    for (unsigned i = 0; i < 10; i++) blocks[i] = bitslab_malloc(i);
    for (unsigned i = 0; i < 7; i++) bitslab_free(blocks[i]);
    bitslab_free(NULL);
    struct bitslab_stats after = stats_now();
#if defined(BITSLAB_COUNTED) && BITSLAB_COUNTED
    cr_assert_eq(after.mallocs - before.mallocs, 10);
    cr_assert_eq(after.frees - before.frees, 7);
#else
    cr_assert_eq(after.mallocs + before.mallocs, 0);
    cr_assert_eq(after.frees + before.frees, 0);
#endif
}
