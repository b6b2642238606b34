/* memory_goes_back.c -- physical memory of blocks that were freed, and what stays correct then. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "bitslab.h"
#include "support/idle.h"
#include "support/memory.h"
#include "support/pattern.h"
#include "support/random.h"

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)
#define SUPERPAGE_BYTES (2 * MIB)
#define TOTAL_BYTES (SCALED(100, 64, 100) * MIB)
#define COUNT_MAX (TOTAL_BYTES / 64)

/* A few empty superpages wait for the next user (config.h), and up to 32 MiB of huge blocks; in the
 * final stage they don't wait longer than two purge delays. */
#define KEPT_BYTES (STAGE >= 6 ? 6 * MIB : 10 * SUPERPAGE_BYTES + 4 * MIB)
#define KEPT_HUGE_BYTES (STAGE >= 6 ? 6 * MIB : 36 * MIB)

static unsigned char *blocks[COUNT_MAX];
static unsigned order[COUNT_MAX];

static struct bitslab_stats stats_now(void) {
    struct bitslab_stats now;
    bitslab_stats(&now);
    return now;
}

static void fill_all(size_t size) {
    for (size_t i = 0; i < TOTAL_BYTES / size; i++) {
        blocks[i] = bitslab_malloc(size);
        cr_assert_not_null(blocks[i]);
        memset(blocks[i], 0xa5, size);
    }
}

static void free_all(size_t size) {
    uint64_t state = 5;
    unsigned count = (unsigned)(TOTAL_BYTES / size);
    random_order(&state, order, count);
    /* Later stages keep some bins in a cache. Those of one slab hold one superpage back, scattered
     * ones a superpage each. */
    for (unsigned i = 0; STAGE > 3 && i < count; i++) order[i] = i;
    for (unsigned i = 0; i < count; i++) bitslab_free(blocks[order[i]]);
}

static void expect_little_left(size_t size, size_t kept) {
    memset(order, 1, sizeof order); /* resident from the start */
    memset(blocks, 1, sizeof blocks);
    size_t before = resident_now();
    fill_all(size);
    cr_assert_geq(resident_now(), before + TOTAL_BYTES * 9 / 10);
    free_all(size);
    idle_for_a_while();
    size_t left = resident_now() - before;
    cr_assert_leq(left, kept, "%zu KiB of what was freed in blocks of %zu bytes stay resident",
                  left / KIB, size);
}

Test(stage03_superpage, freed_small_blocks_leave_little_resident) {
    expect_little_left(64, KEPT_BYTES);
    cr_assert_gt(stats_now().superpages_purged, 0);
}

Test(stage03_superpage, freed_bins_of_several_slots_leave_little_resident) {
    expect_little_left(160 * KIB, KEPT_BYTES);
}

Test(stage03_superpage, freed_wide_blocks_leave_little_resident) {
    expect_little_left(512 * KIB, KEPT_BYTES);
}

Test(stage03_superpage, freed_huge_blocks_leave_little_resident) {
    expect_little_left(4 * MIB, KEPT_HUGE_BYTES);
}

Test(stage03_superpage, one_large_huge_block_leaves_nothing_resident) {
    size_t before = resident_now(), mapped = stats_now().mapped_bytes;
    unsigned char *block = bitslab_malloc(TOTAL_BYTES);
    memset(block, 1, TOTAL_BYTES);
    cr_assert_eq(stats_now().huge_blocks, 1);
    bitslab_free(block);
    cr_assert_eq(stats_now().huge_blocks, 0);
    idle_for_a_while();
    cr_assert_leq(resident_now(), before + MIB + (STAGE >= 6 ? SUPERPAGE_BYTES : 0));
    cr_assert_leq(stats_now().mapped_bytes, mapped + MIB + (STAGE >= 6 ? SUPERPAGE_BYTES : 0));
}

/* After a purge, memory reads as zero where calloc does not clear it; all of it must work. */
Test(stage03_superpage, purged_memory_serves_again) {
    static const size_t sizes[] = {SCALED(64, 1500, 64), 1000, 20 * KIB, 160 * KIB, 512 * KIB};
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        fill_all(sizes[i]);
        free_all(sizes[i]);
        idle_for_a_while();
        size_t size = sizes[(i + 1) % 5], count = TOTAL_BYTES / size;
        for (size_t j = 0; j < count; j++) {
            blocks[j] = bitslab_calloc(1, size);
            cr_assert_not_null(blocks[j]);
            cr_assert(all_zero(blocks[j], size), "block %zu of %zu bytes", j, size);
            pattern_fill(blocks[j], size, j);
        }
        for (size_t j = 0; j < count; j++) {
            cr_assert(pattern_ok(blocks[j], size, j), "block %zu of %zu bytes", j, size);
            bitslab_free(blocks[j]);
        }
    }
    cr_assert_gt(stats_now().superpages_purged, 0);
    /* Three blocks of 512 KiB leave 7 of a superpage's 31 slots. */
    cr_assert_leq(stats_now().mapped_peak_bytes,
                  TOTAL_BYTES * (HARDENED ? 25 : 14) / 10 +
                      TOTAL_BYTES / (160 * KIB) * GUARDS_BYTES,
                  "%zu MiB", stats_now().mapped_peak_bytes / MIB);
}

/* Headers lie at one of eight offsets in their superpage; a free must find each. */
Test(stage03_superpage, blocks_of_all_kinds_in_many_superpages_keep_their_contents) {
    static size_t size_of[4000];
    uint64_t state = 11;
    for (unsigned turn = 0; turn < 12000; turn++) {
        unsigned i = (unsigned)random_below(&state, 4000);
        if (blocks[i] != NULL) {
            cr_assert(pattern_ok(blocks[i], size_of[i], i), "%zu bytes", size_of[i]);
            bitslab_free(blocks[i]);
        }
        size_of[i] = random_below(&state, (size_t)16 << random_below(&state, 14));
        if (turn % 100 == 0) size_of[i] += 300 * KIB + random_below(&state, 4 * MIB);
        blocks[i] = bitslab_malloc(size_of[i]);
        cr_assert_not_null(blocks[i]);
        pattern_fill(blocks[i], size_of[i], i);
    }
    cr_assert_gt(stats_now().superpages, HARDENED ? 8 : 16);
    for (unsigned i = 0; i < 4000; i++) {
        if (blocks[i] == NULL) continue;
        cr_assert(pattern_ok(blocks[i], size_of[i], i), "%zu bytes", size_of[i]);
        bitslab_free(blocks[i]);
    }
    cr_assert_eq(stats_now().huge_blocks, 0);
}
