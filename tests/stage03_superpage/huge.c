/* huge.c -- blocks with a mapping of their own: resized by the OS, cached when freed, given back. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "bitslab.h"
#include "support/idle.h"
#include "support/pattern.h"

#define MIB ((size_t)1 << 20)
#define BLOCKS SCALED(8, 4, 8)
#define TURNS FEWER(10000)

/* What the cache of freed mappings may keep (config.h: HUGE_CACHED_...). The final stage's gives way
 * when another mapping is made, and to time. */
#define CACHED_BYTES (32 * MIB)
#define CACHED_MOST_BYTES ((STAGE >= 6 && !HARDENED ? 512 : 32) * MIB)

/* Some room for the bitmaps that find a block's superpage. */
#define SLACK_BYTES MIB

static const size_t sizes[] = {3 * MIB,  3 * MIB + 12345, 4 * MIB,  7 * MIB - 1,
                               16 * MIB, 17 * MIB,        32 * MIB, 64 * MIB};
#define SIZES SCALED(sizeof sizes / sizeof sizes[0], 6, 7)

static struct bitslab_stats stats_now(void) {
    struct bitslab_stats now;
    bitslab_stats(&now);
    return now;
}

static size_t mapped_now(void) { return stats_now().mapped_bytes; }

static unsigned char *make(size_t size) {
    unsigned char *block = bitslab_malloc(size);
    cr_assert_not_null(block, "malloc(%zu) gave up", size);
    cr_assert_geq(bitslab_usable_size(block), size);
    return block;
}

static unsigned char *filled(size_t size, size_t seed) {
    unsigned char *block = make(size);
    pattern_fill(block, size, seed);
    return block;
}

static unsigned char *resized(void *block, size_t size) {
    unsigned char *moved = bitslab_realloc(block, size);
    cr_assert_not_null(moved, "realloc to %zu gave up", size);
    cr_assert_geq(bitslab_usable_size(moved), size);
    return moved;
}

Test(stage03_superpage, huge_blocks_grow_and_shrink_with_their_contents) {
    for (unsigned i = 0; i < SIZES; i++) {
        for (unsigned j = i + 1; j < SIZES; j++) {
            unsigned char *block = resized(filled(sizes[i], i), sizes[j]);
            cr_assert(pattern_ok(block, sizes[i], i), "lost from %zu to %zu", sizes[i], sizes[j]);
            memset(block + sizes[i], 0xff, sizes[j] - sizes[i]);
            block = resized(block, sizes[i]);
            cr_assert(pattern_ok(block, sizes[i], i), "lost from %zu to %zu", sizes[j], sizes[i]);
            bitslab_free(block);
        }
    }
}

Test(stage03_superpage, a_huge_block_that_shrinks_gives_memory_back) {
    use_a_little(); /* of the superpage that idling takes, too */
    unsigned char *block = filled(64 * MIB, 1);
    size_t mapped = mapped_now();
    block = resized(block, 4 * MIB);
    if (BLOCKS_MOVE) idle_for_a_while(); /* the old place waits in the cache */
    cr_assert_leq(mapped_now() + 59 * MIB, mapped);
    cr_assert(pattern_ok(block, 4 * MIB, 1));
    bitslab_free(block);
}

Test(stage03_superpage, a_huge_block_shrinks_to_any_kind_of_block) {
    static const size_t small[] = {0, 1, 100, 5000, 100 << 10, 300 << 10, 1900 << 10};
    for (unsigned i = 0; i < sizeof small / sizeof small[0]; i++) {
        unsigned char *block = resized(filled(5 * MIB, i), small[i]);
        cr_assert(pattern_ok(block, small[i], i), "lost from 5 MiB to %zu", small[i]);
        block = resized(block, 5 * MIB);
        cr_assert(pattern_ok(block, small[i], i), "lost from %zu to 5 MiB", small[i]);
        bitslab_free(block);
    }
    cr_assert_eq(stats_now().huge_blocks, 0);
}

Test(stage03_superpage, a_huge_block_that_grows_by_an_eighth_keeps_its_contents) {
    size_t size = 4 * MIB;
    unsigned char *block = filled(size, 1);
    while (size < 64 * MIB) {
        size_t more = size + size / 8;
        block = resized(block, more);
        /* The pattern depends on the place in the block, so the new part continues it. */
        for (size_t at = size; at < more; at++) block[at] = pattern_byte(1, at);
        size = more;
    }
    cr_assert(pattern_ok(block, size, 1));
    /* A block that moves leaves mappings in the cache. */
    if (BLOCKS_MOVE) idle_for_a_while();
    cr_assert_leq(mapped_now(), size + size / 4 + 4 * MIB + BLOCKS_MOVE * CACHED_BYTES,
                  "the smaller ones are still mapped");
    bitslab_free(block);
}

Test(stage03_superpage, huge_blocks_that_grow_side_by_side_stay_apart) {
    unsigned char *blocks[BLOCKS];
    for (unsigned i = 0; i < BLOCKS; i++) blocks[i] = filled(3 * MIB, i);
    for (size_t size = 3 * MIB; size < 12 * MIB; size += size / 8) {
        for (unsigned i = 0; i < BLOCKS; i++) {
            cr_assert(pattern_ok(blocks[i], size, i));
            blocks[i] = resized(blocks[i], size + size / 8);
            pattern_fill(blocks[i], size + size / 8, i);
        }
    }
    cr_assert_eq(stats_now().huge_blocks, BLOCKS);
    for (unsigned i = 0; i < BLOCKS; i++) bitslab_free(blocks[i]);
    cr_assert_eq(stats_now().huge_blocks, 0);
}

Test(stage03_superpage, calloc_of_huge_memory_that_was_used_is_zero) {
    for (unsigned round = 0; round < FEWER(3); round++) {
        for (unsigned i = 0; i < SIZES; i++) {
            unsigned char *used = make(sizes[i]);
            memset(used, 0xff, bitslab_usable_size(used));
            bitslab_free(used);
            unsigned char *block = bitslab_calloc(1, sizes[i]);
            cr_assert_not_null(block);
            cr_assert(all_zero(block, sizes[i]), "calloc(1, %zu) is not zero", sizes[i]);
            memset(block, 0xff, sizes[i]);
            bitslab_free(block);
        }
    }
}

Test(stage03_superpage, calloc_is_zero_in_the_memory_of_a_larger_block) {
    unsigned char *used = make(5 * MIB);
    memset(used, 0xff, bitslab_usable_size(used));
    bitslab_free(used);
    unsigned char *block = bitslab_calloc(1, 5 * MIB - 300000);
    cr_assert_not_null(block);
    cr_assert(all_zero(block, 5 * MIB - 300000));
    bitslab_free(block);
}

Test(stage03_superpage, large_huge_blocks_go_back_to_the_system) {
    unsigned char *blocks[BLOCKS];
    size_t before = mapped_now();
    for (unsigned i = 0; i < BLOCKS; i++) blocks[i] = make(64 * MIB);
    size_t full = mapped_now();
    cr_assert_geq(full, before + BLOCKS * 64 * MIB);
    for (unsigned i = 0; i < BLOCKS; i++) {
        bitslab_free(blocks[i]);
        if (STAGE >= 6 && !HARDENED) continue;
        cr_assert_leq(mapped_now() + (i + 1) * 64 * MIB, full, "block %u is still mapped", i);
    }
    idle_for_a_while();
    cr_assert_leq(mapped_now(), before + SLACK_BYTES + (STAGE >= 6 ? 2 * MIB : 0));
    cr_assert_eq(stats_now().huge_blocks, 0);
}

Test(stage03_superpage, little_memory_of_freed_huge_blocks_is_kept) {
    static unsigned char *blocks[100];
    for (unsigned i = 0; i < 100; i++) blocks[i] = make((3 + i % 14) * MIB);
    for (unsigned i = 0; i < 100; i++) bitslab_free(blocks[i]);
    cr_assert_leq(mapped_now(), CACHED_MOST_BYTES + 4 * MIB);
    idle_for_a_while();
    cr_assert_leq(mapped_now(), (STAGE >= 6 && !HARDENED ? 0 : CACHED_BYTES) + 4 * MIB);
}

Test(stage03_superpage, a_huge_block_in_turn_takes_no_new_memory) {
    bitslab_free(make(4 * MIB));
    size_t mapped = mapped_now();
    for (unsigned turn = 0; turn < TURNS; turn++) {
        unsigned char *block = make(4 * MIB);
        block[0] = block[4 * MIB - 1] = 1;
        bitslab_free(block);
        cr_assert_leq(mapped_now(), mapped + CACHED_BYTES);
    }
    cr_assert_leq(mapped_now(), mapped + SLACK_BYTES + QUARANTINE_BYTES);
    cr_assert_leq(stats_now().mapped_peak_bytes, mapped + CACHED_BYTES + QUARANTINE_BYTES);
}

Test(stage03_superpage, huge_blocks_of_changing_sizes_take_bounded_memory) {
    for (unsigned turn = 0; turn < TURNS; turn++) {
        size_t size = 3 * MIB + (size_t)turn * 7919 * 4096 % (13 * MIB);
        unsigned char *block = make(size);
        block[0] = block[size - 1] = 1;
        bitslab_free(block);
    }
    cr_assert_leq(stats_now().mapped_peak_bytes, CACHED_BYTES + 20 * MIB + SLACK_BYTES);
}
