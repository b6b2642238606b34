/* growing.c -- realloc: blocks that stay, blocks that get room to grow, and those that get none. */
#include <criterion/criterion.h>
#include <string.h>

#include "bitslab.h"
#include "support/flavour.h"
#include "support/pattern.h"

#define KIB ((size_t)1 << 10)
#define MIB ((size_t)1 << 20)

/* A block's way from one size to another by 16 bytes at a time; returns how often it moved. */
static unsigned append(unsigned char **block, size_t from, size_t to) {
    unsigned moves = 0;
    for (size_t size = from + 16; size <= to; size += 16) {
        unsigned char *same = bitslab_realloc(*block, size);
        cr_assert_not_null(same);
        moves += same != *block;
        *block = same;
        memset(*block + size - 16, (int)(size >> 4), 16);
    }
    return moves;
}

#if !BLOCKS_MOVE
/* With four size classes for each doubling, it would be moved 32 times. */
Test(stage06_orphanage, a_block_that_grows_bit_by_bit_is_seldom_copied) {
    unsigned char *block = bitslab_malloc(KIB);
    unsigned moves = append(&block, KIB, 256 * KIB);
    cr_assert_leq(moves, 20, "moved %u times", moves);
    for (size_t size = KIB + 16; size <= 256 * KIB; size += 16)
        cr_assert_eq(block[size - 16], (unsigned char)(size >> 4));
    bitslab_free(block);
}

/* What it has more than it needs is less than half of it. */
Test(stage06_orphanage, a_block_that_shrinks_does_not_keep_twice_its_size) {
    unsigned char *block = bitslab_malloc(200 * KIB);
    for (size_t size = 200 * KIB; size >= KIB; size = size * 9 / 10) {
        block = bitslab_realloc(block, size);
        cr_assert_lt(bitslab_usable_size(block), 2 * size);
    }
    bitslab_free(block);
}
#endif

/* Its address has no memory behind it, whatever its header says of bins. */
Test(stage06_orphanage, a_block_of_no_bytes_grows_into_memory) {
    static const size_t sizes[] = {1, 8, 9, 16, 100, 5000, 300 * KIB, 3 * MIB};
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        unsigned char *block = bitslab_realloc(bitslab_malloc(0), sizes[i]);
        pattern_fill(block, sizes[i], i);
        cr_assert(pattern_ok(block, sizes[i], i));
        bitslab_free(block);
    }
}

static size_t mapped(void) {
    struct bitslab_stats now;
    bitslab_stats(&now);
    return now.mapped_bytes;
}

/* There is memory for 2.2 MiB, and none to grow. */
Test(stage06_orphanage, a_block_gets_what_it_asks_for_where_there_is_no_more) {
    unsigned char *block = bitslab_malloc(1800 * KIB);
    size_t before = mapped();
    void *like_it = bitslab_malloc(2200 * KIB);
    size_t exactly = mapped() - before;
    bitslab_free(like_it);
    bitslab_trim();
    pattern_fill(block, 1800 * KIB, 5);
    cr_assert_eq(bitslab_set_limit(mapped() + exactly), 0);
    block = bitslab_realloc(block, 2200 * KIB);
    cr_assert_not_null(block);
    cr_assert(pattern_ok(block, 1800 * KIB, 5));
    bitslab_set_limit(0);
    bitslab_free(block);
}
