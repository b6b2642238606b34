/* resize.c -- realloc between bins, wide blocks and huge blocks, there and back. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "bitslab.h"
#include "support/pattern.h"

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)
#define STEP_MIN_MAX 2000 /* a block grows by single bytes up to here */
#define STEP_BYTES 997
#define BLOCKS 16

static const size_t sizes[] = {0, 7, 8, 16, 8192, 8193, 262144, 524288, 524289, 1048576};
#define SIZES (sizeof sizes / sizeof sizes[0])

/* The two sides of each border between kinds of blocks: slabs, bins, slots, superpages. */
static const size_t borders[] = {64 * KIB,           64 * KIB + 1,  256 * KIB,  256 * KIB + 1,
                                 320 * KIB,          320 * KIB + 1, 1984 * KIB, 1984 * KIB + 1,
                                 2 * MIB - 64 * KIB, 2 * MIB,       2 * MIB + 1};
#define BORDERS (sizeof borders / sizeof borders[0])

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

static unsigned char *resized(void *block, size_t size) {
    unsigned char *moved = bitslab_realloc(block, size);
    cr_assert_not_null(moved, "realloc to %zu gave up", size);
    cr_assert_eq((uintptr_t)moved % 16, 0);
    cr_assert_geq(bitslab_usable_size(moved), size);
    return moved;
}

/* From one size to the other and back: what both hold is kept, and all of it may be written. */
static void there_and_back(size_t from, size_t to) {
    size_t kept = smaller(from, to), seed = from * 31 + to;
    unsigned char *block = resized(NULL, from);
    pattern_fill(block, from, seed);
    block = resized(block, to);
    cr_assert(pattern_ok(block, kept, seed), "lost from %zu to %zu", from, to);
    pattern_fill(block, to, seed + 1);
    block = resized(block, from);
    cr_assert(pattern_ok(block, kept, seed + 1), "lost from %zu back to %zu", to, from);
    memset(block, 0xff, from);
    bitslab_free(block);
}

Test(stage03_superpage, realloc_keeps_contents_there_and_back) {
    for (unsigned i = 0; i < SIZES; i++)
        for (unsigned j = 0; j < SIZES; j++) there_and_back(sizes[i], sizes[j]);
}

Test(stage03_superpage, realloc_keeps_contents_across_kinds_of_blocks) {
    for (unsigned i = 0; i < BORDERS; i++) {
        for (unsigned j = 0; j < BORDERS; j++) there_and_back(borders[i], borders[j]);
        for (unsigned j = 0; j < SIZES; j++) there_and_back(borders[i], sizes[j]);
    }
}

Test(stage03_superpage, realloc_of_one_block_leaves_others_alone) {
    unsigned char *others[SIZES];
    for (unsigned i = 0; i < SIZES; i++) {
        others[i] = resized(NULL, sizes[i]);
        pattern_fill(others[i], sizes[i], i);
    }
    for (unsigned i = 0; i < SIZES; i++)
        for (unsigned j = 0; j < SIZES; j++) there_and_back(sizes[i], sizes[j]);
    for (unsigned i = 0; i < SIZES; i++) {
        cr_assert(pattern_ok(others[i], sizes[i], i), "a block of %zu changed", sizes[i]);
        bitslab_free(others[i]);
    }
}

static size_t next_size(size_t size) { return size + (size < STEP_MIN_MAX ? 1 : STEP_BYTES); }

/* Write the bytes that a block grew by, which continue its pattern. */
static void continue_pattern(unsigned char *block, size_t from, size_t to, size_t seed) {
    for (size_t at = from; at < to; at++) block[at] = pattern_byte(seed, at);
}

Test(stage03_superpage, a_block_that_grows_step_by_step_keeps_its_contents) {
    unsigned char *block = resized(NULL, 0);
    size_t size = 0, next;
    for (; (next = next_size(size)) <= 512 * KIB; size = next) {
        block = resized(block, next);
        cr_assert(pattern_ok(block, size, 5), "lost from %zu to %zu", size, next);
        continue_pattern(block, size, next, 5);
    }
    cr_assert(pattern_ok(block, size, 5));
    bitslab_free(block);
}

Test(stage03_superpage, a_block_that_shrinks_step_by_step_keeps_its_contents) {
    size_t size = 512 * KIB;
    unsigned char *block = resized(NULL, size);
    pattern_fill(block, size, 6);
    while (size > 0) {
        size -= size > STEP_MIN_MAX ? STEP_BYTES : 1;
        block = resized(block, size);
        cr_assert(pattern_ok(block, size, 6), "lost at %zu", size);
    }
    cr_assert_leq(bitslab_usable_size(block), 64, "the smallest block is large");
    bitslab_free(block);
}

Test(stage03_superpage, blocks_that_grow_in_turns_stay_apart) {
    unsigned char *blocks[BLOCKS] = {NULL};
    size_t size = 0, next = 1;
    for (; next <= 512 * KIB; size = next, next += next / 3 + 1) {
        for (unsigned i = 0; i < BLOCKS; i++) {
            blocks[i] = resized(blocks[i], next);
            cr_assert(pattern_ok(blocks[i], size, i), "lost from %zu to %zu", size, next);
            continue_pattern(blocks[i], size, next, i);
        }
    }
    for (unsigned i = 0; i < BLOCKS; i++) {
        cr_assert(pattern_ok(blocks[i], size, i));
        bitslab_free(blocks[i]);
    }
}

/* Sizes up to 64 bytes may be less than three quarters of their bin, and then move each time. */
Test(stage03_superpage, a_block_that_grows_step_by_step_moves_once_per_class) {
    unsigned char *block = resized(NULL, 65);
    unsigned moves = 0, steps = 0;
    for (size_t size = 66; size <= 512 * KIB; size = next_size(size), steps++) {
        unsigned char *before = block;
        block = resized(block, size);
        moves += block != before;
    }
    /* to 96, 112, 128, four classes in each of the 11 doublings up to 256 KiB, a wide block */
    if (!BLOCKS_MOVE) cr_assert_leq(moves, 3 + 4 * 11 + 1, "%u moves", moves);
    else cr_assert_eq(moves, steps, "%u moves in %u steps", moves, steps);
    bitslab_free(block);
}

Test(stage03_superpage, realloc_to_the_same_size_stays_where_it_is) {
    for (unsigned i = 0; i < BORDERS; i++) {
        unsigned char *block = resized(NULL, borders[i]);
        unsigned char *same = bitslab_realloc(block, borders[i]);
        cr_assert(RESIZED_IN_PLACE(same, block), "%zu bytes", borders[i]);
        bitslab_free(same);
    }
}

Test(stage03_superpage, resizing_all_day_takes_no_new_memory) {
    struct bitslab_stats before, after;
    for (unsigned round = 0; round < 20; round++) {
        for (unsigned i = 0; i < SIZES; i++)
            for (unsigned j = 0; j < SIZES; j++)
                bitslab_free(resized(resized(NULL, sizes[i]), sizes[j]));
        if (round == 0) bitslab_stats(&before);
    }
    bitslab_stats(&after);
    cr_assert_leq(after.mapped_bytes, before.mapped_bytes);
}
