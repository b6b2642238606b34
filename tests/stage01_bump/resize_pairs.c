/* resize_pairs.c -- realloc from and to every size where a stage changes its mind. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>

#include "bitslab.h"
#include "support/limits.h"
#include "support/pattern.h"

#define KIB ((size_t)1024)
#define COUNT (sizeof boundaries / sizeof boundaries[0])

/* The edges of bins, slabs, wide and huge blocks, in this and in other designs. */
static const size_t boundaries[] = {
    0, 7, 8, 16, 8 * KIB, 8193, 256 * KIB, 512 * KIB, 512 * KIB + 1, 1024 * KIB};

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

static unsigned char *resize(unsigned char *block, size_t from, size_t to, size_t seed) {
    block = bitslab_realloc(block, to);
    cr_assert_not_null(block, "realloc from %zu to %zu bytes", from, to);
    cr_assert_eq((uintptr_t)block % 16, 0, "realloc from %zu to %zu bytes", from, to);
    cr_assert_geq(bitslab_usable_size(block), to);
    cr_assert(pattern_ok(block, smaller(from, to), seed), "realloc from %zu to %zu bytes lost some",
              from, to);
    pattern_fill(block, to, seed);
    return block;
}

/* There and back, with a block right behind that keeps it from growing where it is, or without. */
static void there_and_back(size_t here, size_t there, bool with_neighbour) {
    unsigned char *block = bitslab_malloc(here), *neighbour = NULL;
    cr_assert_not_null(block);
    pattern_fill(block, here, here + 1);
    if (with_neighbour) pattern_fill(neighbour = bitslab_malloc(here), here, here + 2);
    block = resize(block, here, there, here + 1);
    block = resize(block, there, here, here + 1);
    if (with_neighbour)
        cr_assert(pattern_ok(neighbour, here, here + 2), "%zu to %zu bytes hit the next block",
                  here, there);
    bitslab_free(neighbour);
    bitslab_free(block);
}

Test(stage01_bump, resized_between_all_pairs_of_boundaries_and_back) {
    for (unsigned from = 0; from < COUNT; from++)
        for (unsigned to = 0; to < COUNT; to++)
            there_and_back(boundaries[from], boundaries[to], false);
}

Test(stage01_bump, resized_between_all_pairs_beside_a_neighbour) {
    for (unsigned from = 0; from < COUNT; from++)
        for (unsigned to = 0; to < COUNT; to++)
            there_and_back(boundaries[from], boundaries[to], true);
}

Test(stage01_bump, zeros_of_calloc_survive_a_resize) {
    for (unsigned from = 0; from < COUNT; from++) {
        for (unsigned to = 0; to < COUNT; to++) {
            unsigned char *block = bitslab_calloc(1, boundaries[from]);
            block = bitslab_realloc(block, boundaries[to]);
            cr_assert_not_null(block);
            cr_assert(all_zero(block, smaller(boundaries[from], boundaries[to])));
            pattern_fill(block, boundaries[to], 1); /* the next calloc may get it */
            bitslab_free(block);
        }
    }
}

#define STEPS_MAX_BYTES (512 * KIB)

/* One byte; where every step copies the whole block, the larger steps are of more bytes. */
static size_t step_at(size_t size) { return BLOCKS_MOVE && size > 4 * KIB ? 509 : 1; }

/* All is looked at when the block has moved, and at some other times. */
static void grow_to(size_t limit, size_t neighbour_each) {
    unsigned char *block = bitslab_malloc(0);
    for (size_t size = 0, more, step = 1; (more = size + step_at(size)) <= limit; size = more) {
        unsigned char *old = block;
        block = bitslab_realloc(block, more);
        cr_assert_not_null(block, "%zu bytes", more);
        if (block != old || size % 8192 == 0)
            cr_assert(pattern_ok(block, size, 3), "lost some at %zu bytes", more);
        for (size_t at = size; at < more; at++) block[at] = pattern_byte(3, at);
        if (step++ % neighbour_each == 0) cr_assert_not_null(bitslab_malloc(more));
    }
    bitslab_free(block);
}

Test(stage01_bump, grown_byte_by_byte_to_512_kib) { grow_to(STEPS_MAX_BYTES, SIZE_MAX); }

Test(stage01_bump, grown_byte_by_byte_while_others_get_in_the_way) {
    grow_to(STEPS_MAX_BYTES / 2, KIB);
}

Test(stage01_bump, shrunk_byte_by_byte_from_512_kib) {
    unsigned char *block = bitslab_malloc(STEPS_MAX_BYTES);
    pattern_fill(block, STEPS_MAX_BYTES, 4);
    for (size_t size = STEPS_MAX_BYTES; size > 0;) {
        unsigned char *old = block;
        size -= step_at(size);
        block = bitslab_realloc(block, size);
        cr_assert_not_null(block, "%zu bytes", size);
        if (block != old || size % 8192 == 0)
            cr_assert(pattern_ok(block, size, 4), "lost some at %zu bytes", size);
    }
    bitslab_free(block);
}

Test(stage01_bump, a_resize_that_fails_leaves_a_block_of_any_kind) {
    static const size_t too_much[] = {SIZE_MAX, SIZE_MAX - 4096, PTRDIFF_MAX, ADDRESSES_BYTES};
    for (unsigned i = 0; i < COUNT; i++) {
        unsigned char *block = bitslab_malloc(boundaries[i]);
        size_t usable = bitslab_usable_size(block);
        pattern_fill(block, usable, i);
        for (unsigned j = 0; j < sizeof too_much / sizeof too_much[0]; j++) {
            volatile size_t size = too_much[j]; /* the compiler must not know it */
            errno = 0;
            cr_assert_null(bitslab_realloc(block, size));
            cr_assert_eq(errno, ENOMEM);
        }
        cr_assert_eq(bitslab_usable_size(block), usable);
        cr_assert(pattern_ok(block, usable, i), "%zu bytes", boundaries[i]);
        bitslab_free(block);
    }
}

Test(stage01_bump, a_block_of_its_usable_size_is_not_moved) {
    for (size_t size = 1; size <= 600 * KIB; size += size / 9 + 1) {
        unsigned char *block = bitslab_malloc(size);
        unsigned char *same = bitslab_realloc(block, bitslab_usable_size(block));
        cr_assert(RESIZED_IN_PLACE(same, block), "%zu bytes", size);
        bitslab_free(same);
    }
}

Test(stage01_bump, calls_that_succeed_keep_errno_for_every_kind_of_block) {
    for (unsigned i = 0; i < COUNT; i++) {
        void *out = NULL;
        errno = 17;
        void *block = bitslab_malloc(boundaries[i]);
        block = bitslab_realloc(block, boundaries[COUNT - 1 - i]);
        bitslab_free(block);
        bitslab_free(bitslab_calloc(1, boundaries[i]));
        bitslab_free(bitslab_aligned_alloc(4096, boundaries[i]));
        cr_assert_eq(bitslab_posix_memalign(&out, 64, boundaries[i]), 0);
        bitslab_free(out);
        cr_assert_eq(errno, 17, "%zu bytes", boundaries[i]);
    }
}

Test(stage01_bump, calloc_of_nothing_gives_distinct_blocks) {
    void *blocks[4] = {bitslab_calloc(0, 0), bitslab_calloc(0, 100), bitslab_calloc(100, 0),
                       bitslab_realloc(NULL, 0)};
    for (unsigned i = 0; i < 4; i++) {
        cr_assert_not_null(blocks[i]);
        for (unsigned j = 0; j < i; j++) cr_assert_neq(blocks[i], blocks[j]);
    }
}
