/* resize_small.c -- realloc over the limits of small size classes, and beside others that do so. */
#include <criterion/criterion.h>

#include "bitslab.h"
#include "support/blocks.h"

/* On both sides of every size at which the allocator does something else, up to 64 KiB. */
static const size_t boundaries[] = {
    0,        1,           7,   8,   9,    15,   16,      17,          64,       127,
    128,      129,         160, 161, 1024, 1025, 8 * KIB, 8 * KIB + 1, 32 * KIB, 32 * KIB + 1,
    64 * KIB, 64 * KIB + 1};

static size_t lesser(size_t a, size_t b) { return a < b ? a : b; }

/* There and back. What is beyond the old size is anything; the caller fills it anew. */
static void resize_pair(size_t from, size_t to) {
    unsigned char *block = bitslab_malloc(from);
    pattern_fill(block, from, 1);
    block = bitslab_realloc(block, to);
    cr_assert_not_null(block, "%zu to %zu", from, to);
    cr_assert(is_aligned(block, 16));
    cr_assert_geq(bitslab_usable_size(block), to);
    cr_assert(pattern_ok(block, lesser(from, to), 1), "%zu to %zu lost content", from, to);
    pattern_fill(block, to, 2);
    block = bitslab_realloc(block, from);
    cr_assert_not_null(block, "%zu to %zu", to, from);
    cr_assert(pattern_ok(block, lesser(from, to), 2), "%zu back to %zu lost content", to, from);
    bitslab_free(block);
}

Test(stage01_bump, resized_there_and_back_over_every_boundary) {
    for (unsigned i = 0; i < COUNT_OF(boundaries); i++)
        for (unsigned k = 0; k < COUNT_OF(boundaries); k++)
            resize_pair(boundaries[i], boundaries[k]);
}

/* "moving it if need be": there is none if a fresh block of that size would be as large. */
Test(stage01_bump, realloc_to_the_same_size_stays_in_place) {
    for (size_t size = 1; size <= 32 * KIB; size += 1 + size / 20) {
        unsigned char *block = bitslab_malloc(size);
        unsigned char *same = bitslab_realloc(block, size);
        cr_assert(RESIZED_IN_PLACE(same, block), "%zu bytes to the same", size);
        bitslab_free(same);
    }
}

Test(stage01_bump, resized_at_random_beside_others) {
    enum { LIVE = 64 };
    static unsigned char *blocks[LIVE];
    static size_t sizes[LIVE];
    uint64_t state = 21;
    for (unsigned step = 0; step < 20000; step++) {
        unsigned i = (unsigned)random_below(&state, LIVE);
        size_t size = random_below(&state, random_below(&state, 20) == 0 ? 40000 : 600);
        blocks[i] = bitslab_realloc(blocks[i], size);
        cr_assert(pattern_ok(blocks[i], lesser(sizes[i], size), i), "%zu to %zu lost content",
                  sizes[i], size);
        pattern_fill(blocks[i], sizes[i] = size, i);
    }
    for (unsigned i = 0; i < LIVE; i++) bitslab_free(blocks[i]);
}
