/* wide.c -- blocks of 256 KiB to 1.9 MiB: runs of slots that grow, shrink and are reused.
 *
 * The first block of a fresh process is at the start of a superpage, with nothing behind it.
 */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "bitslab.h"
#include "support/pattern.h"

#define KIB ((size_t)1024)
#define SLOT_BYTES (64 * KIB)
#define SUPERPAGE_BYTES (2048 * KIB)
#define WIDE_MAX_BYTES (SUPERPAGE_BYTES - SLOT_BYTES)
#define BLOCKS 30

static const size_t sizes[] = {300 * KIB,  320 * KIB + 1, 512 * KIB,  700 * KIB,
                               1000 * KIB, 1024 * KIB,    1500 * KIB, 1900 * KIB};
#define SIZES (sizeof sizes / sizeof sizes[0])

static size_t mapped_now(void) {
    struct bitslab_stats now;
    bitslab_stats(&now);
    return now.mapped_bytes;
}

static unsigned char *filled(size_t size, size_t seed) {
    unsigned char *block = bitslab_malloc(size);
    cr_assert_not_null(block, "malloc(%zu) gave up", size);
    cr_assert_geq(bitslab_usable_size(block), size);
    pattern_fill(block, size, seed);
    return block;
}

/* Resize a block that has room where it is. */
static unsigned char *resized_there(unsigned char *block, size_t size) {
    unsigned char *resized = bitslab_realloc(block, size);
    cr_assert_not_null(resized);
    cr_assert(RESIZED_IN_PLACE(resized, block), "to %zu bytes (wide.c: extend)", size);
    cr_assert_geq(bitslab_usable_size(resized), size);
    return resized;
}

/* Whether two blocks of wide size could be one behind the other in a superpage. */
static bool same_superpage(const void *a, const void *b) {
    return (uintptr_t)a / SUPERPAGE_BYTES == (uintptr_t)b / SUPERPAGE_BYTES;
}

Test(stage03_superpage, a_wide_block_grows_in_place) {
    unsigned char *block = filled(300 * KIB, 1);
    unsigned char *grown = resized_there(block, 400 * KIB);
    cr_assert(pattern_ok(grown, 300 * KIB, 1));
    pattern_fill(grown, 400 * KIB, 2);
    cr_assert(pattern_ok(grown, 400 * KIB, 2));
    bitslab_free(grown);
}

Test(stage03_superpage, a_wide_block_grows_in_place_up_to_the_end_of_its_superpage) {
    unsigned char *block = filled(300 * KIB, 1);
    size_t mapped = mapped_now();
    for (size_t size = 300 * KIB; size <= WIDE_MAX_BYTES; size += 4 * KIB)
        block = resized_there(block, size);
    cr_assert(pattern_ok(block, 300 * KIB, 1));
    memset(block, 0xff, WIDE_MAX_BYTES);
    if (!BLOCKS_MOVE) cr_assert_eq(mapped_now(), mapped);
    bitslab_free(block);
}

Test(stage03_superpage, a_wide_block_that_grew_keeps_others_out_of_its_memory) {
    unsigned char *block = filled(300 * KIB, 1), *others[BLOCKS];
    block = resized_there(block, 1000 * KIB);
    pattern_fill(block, 1000 * KIB, 2);
    for (unsigned i = 0; i < BLOCKS; i++) others[i] = filled(300 * KIB, 100 + i);
    cr_assert(pattern_ok(block, 1000 * KIB, 2), "slots that it grew by were handed out");
    bitslab_free(block);
    for (unsigned i = 0; i < BLOCKS; i++) {
        cr_assert(pattern_ok(others[i], 300 * KIB, 100 + i));
        bitslab_free(others[i]);
    }
}

Test(stage03_superpage, a_wide_block_shrinks_in_place) {
    unsigned char *block = filled(1900 * KIB, 1);
    for (size_t size = 1900 * KIB; size >= 300 * KIB; size -= 50 * KIB) {
        block = resized_there(block, size);
        cr_assert(pattern_ok(block, size, 1));
    }
    cr_assert_lt(bitslab_usable_size(block), 500 * KIB, "it kept what it does not need");
    bitslab_free(block);
}

Test(stage03_superpage, what_a_wide_block_shrank_by_serves_others) {
    unsigned char *block = filled(1900 * KIB, 1), *others[3];
    size_t mapped = mapped_now();
    block = resized_there(block, 500 * KIB);
    for (unsigned i = 0; i < 3; i++) {
        others[i] = filled(400 * KIB, 10 + i);
        cr_assert(BLOCKS_MOVE || same_superpage(others[i], block));
    }
    cr_assert_leq(mapped_now(), mapped + BLOCKS_MOVE * SUPERPAGE_BYTES + QUARANTINE_BYTES);
    cr_assert(pattern_ok(block, 500 * KIB, 1));
    for (unsigned i = 0; i < 3; i++) {
        cr_assert(pattern_ok(others[i], 400 * KIB, 10 + i));
        bitslab_free(others[i]);
    }
    bitslab_free(block);
}

Test(stage03_superpage, a_wide_block_with_a_neighbour_moves_to_grow) {
    unsigned char *block = filled(300 * KIB, 1), *neighbour = filled(300 * KIB, 2);
    unsigned char *behind = block + bitslab_usable_size(block) + SPARE_BYTES;
    cr_assert(HARDENED || neighbour == behind, "they should be neighbours");
    unsigned char *grown = bitslab_realloc(block, 600 * KIB);
    cr_assert_not_null(grown);
    cr_assert_neq(grown, block);
    cr_assert(pattern_ok(grown, 300 * KIB, 1), "the contents are lost");
    pattern_fill(grown, 600 * KIB, 3);
    cr_assert(pattern_ok(neighbour, 300 * KIB, 2), "the neighbour is damaged");
    bitslab_free(neighbour);
    cr_assert(pattern_ok(grown, 600 * KIB, 3));
    bitslab_free(grown);
}

Test(stage03_superpage, a_wide_block_grows_into_a_neighbour_that_was_freed) {
    unsigned char *block = filled(300 * KIB, 1), *neighbour = filled(300 * KIB, 2);
    bitslab_free(neighbour);
    block = resized_there(block, 600 * KIB);
    cr_assert(pattern_ok(block, 300 * KIB, 1));
    bitslab_free(block);
}

Test(stage03_superpage, a_wide_block_grows_beyond_its_superpage_and_comes_back) {
    unsigned char *block = filled(1900 * KIB, 1);
    block = bitslab_realloc(block, 5 * SUPERPAGE_BYTES);
    cr_assert_not_null(block);
    cr_assert(pattern_ok(block, 1900 * KIB, 1));
    pattern_fill(block, 5 * SUPERPAGE_BYTES, 2);
    block = bitslab_realloc(block, 300 * KIB);
    cr_assert_not_null(block);
    cr_assert(pattern_ok(block, 300 * KIB, 2));
    bitslab_free(block);
}

Test(stage03_superpage, calloc_of_wide_memory_that_was_used_is_zero) {
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < SIZES; i++) {
            unsigned char *used = filled(sizes[i], 7);
            bitslab_free(used);
            unsigned char *block = bitslab_calloc(1, sizes[i]);
            cr_assert_not_null(block);
            cr_assert(all_zero(block, sizes[i]), "calloc(1, %zu) is not zero", sizes[i]);
            memset(block, 0xff, bitslab_usable_size(block));
            bitslab_free(block);
        }
    }
}

Test(stage03_superpage, calloc_is_zero_where_a_wide_block_grew_and_shrank) {
    unsigned char *block = filled(300 * KIB, 1);
    block = resized_there(block, 1500 * KIB);
    memset(block, 0xff, 1500 * KIB);
    block = resized_there(block, 300 * KIB);
    unsigned char *zeros = bitslab_calloc(1, 1000 * KIB);
    cr_assert(BLOCKS_MOVE || same_superpage(zeros, block));
    cr_assert(all_zero(zeros, 1000 * KIB), "slots are taken for zero that were written");
    bitslab_free(zeros);
    bitslab_free(block);
}

Test(stage03_superpage, wide_memory_is_reused) {
    unsigned char *blocks[BLOCKS];
    size_t mapped = 0;
    for (unsigned round = 0; round < 20; round++) {
        for (unsigned i = 0; i < BLOCKS; i++) blocks[i] = filled(300 * KIB, i);
        if (round == 0) mapped = mapped_now();
        for (unsigned i = 0; i < BLOCKS; i++) {
            cr_assert(pattern_ok(blocks[i], 300 * KIB, i));
            bitslab_free(blocks[i]);
        }
    }
    cr_assert_leq(mapped_now(), mapped, "%zu bytes more were mapped", mapped_now() - mapped);
}

Test(stage03_superpage, wide_blocks_in_turn_share_one_superpage) {
    bitslab_free(filled(300 * KIB, 1));
    size_t mapped = mapped_now();
    for (unsigned turn = 0; turn < 4000; turn++) {
        unsigned char *block = bitslab_malloc(sizes[turn % SIZES]);
        cr_assert_not_null(block);
        block[0] = 1;
        bitslab_free(block);
    }
    cr_assert_leq(mapped_now(), mapped + QUARANTINE_BYTES);
}
