/* side_by_side.c -- blocks of all sizes and alignments are live together, and none reaches into
 * another one.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "bitslab.h"
#include "support/blocks.h"

#define LIVE 2000
#define ALIGN_MAX (32 * KIB) /* stage 3 allows more */

static const size_t sizes[] = {0,    1,    7,    8,    15,   16,    17,    24,    48,    64,   100,
                               1000, 1024, 4095, 4096, 4097, 10000, 16384, 20000, 32767, 32768};

/* Mostly small, some up to 50 KB, as in real programs. */
static size_t random_size(uint64_t *state) {
    return random_below(state, random_below(state, 16) == 0 ? 50000 : 800);
}

static int by_address(const void *a, const void *b) {
    uintptr_t x = (uintptr_t) * (unsigned char *const *)a;
    uintptr_t y = (uintptr_t) * (unsigned char *const *)b;
    return (x > y) - (x < y);
}

Test(stage01_bump, live_blocks_do_not_overlap) {
    uint64_t state = 11;
    static unsigned char *blocks[LIVE];
    for (unsigned i = 0; i < LIVE; i++) blocks[i] = bitslab_malloc(random_size(&state));
    qsort(blocks, LIVE, sizeof blocks[0], by_address);
    for (unsigned i = 1; i < LIVE; i++) {
        unsigned char *end = blocks[i - 1] + bitslab_usable_size(blocks[i - 1]);
        cr_assert(end <= blocks[i], "%p ends at %p, behind the start of %p", (void *)blocks[i - 1],
                  (void *)end, (void *)blocks[i]);
    }
    for (unsigned i = 0; i < LIVE; i++) bitslab_free(blocks[i]);
}

/* The block of one call; the alignments of malloc and of the call are both kept. */
static unsigned char *check(unsigned char *block, size_t align, size_t size, uint64_t seed) {
    cr_assert_not_null(block, "align %zu, size %zu", align, size);
    cr_assert(is_aligned(block, align < 16 ? 16 : align), "align %zu, size %zu gave %p", align,
              size, (void *)block);
    cr_assert_geq(bitslab_usable_size(block), size);
    pattern_fill(block, bitslab_usable_size(block), seed);
    return block;
}

static void end(unsigned char *block, uint64_t seed) {
    cr_assert(pattern_ok(block, bitslab_usable_size(block), seed), "%p was overwritten",
              (void *)block);
    bitslab_free(block);
}

Test(stage01_bump, posix_memalign_aligns_blocks_of_any_size) {
    for (size_t align = sizeof(void *); align <= ALIGN_MAX; align *= 2) {
        for (unsigned i = 0; i < COUNT_OF(sizes); i++) {
            void *block = NULL;
            cr_assert_eq(bitslab_posix_memalign(&block, align, sizes[i]), 0);
            end(check(block, align, sizes[i], i), i);
        }
    }
}

Test(stage01_bump, aligned_and_other_blocks_live_side_by_side) {
    enum { ALIGNED = 500 };
    static unsigned char *blocks[ALIGNED];
    uint64_t state = 3;
    for (unsigned step = 0; step < 10000; step++) {
        unsigned i = (unsigned)random_below(&state, ALIGNED);
        size_t align = (size_t)1 << random_below(&state, 13);
        size_t size = random_below(&state, 3000);
        if (blocks[i] != NULL) end(blocks[i], i);
        if (step % 3 == 0) blocks[i] = check(bitslab_malloc(size), 16, size, i);
        else blocks[i] = check(bitslab_aligned_alloc(align, size), align, size, i);
    }
    for (unsigned i = 0; i < ALIGNED; i++)
        if (blocks[i] != NULL) end(blocks[i], i);
}

/* realloc promises malloc's alignment only, but must find the block and keep its content. */
Test(stage01_bump, aligned_blocks_can_be_resized) {
    for (size_t align = 1; align <= ALIGN_MAX; align *= 2) {
        for (unsigned i = 0; i < COUNT_OF(sizes); i++) {
            unsigned char *block =
                check(bitslab_aligned_alloc(align, sizes[i]), align, sizes[i], i);
            block = bitslab_realloc(block, sizes[i] + 1);
            cr_assert(pattern_ok(block, sizes[i], i), "align %zu, size %zu: content lost", align,
                      sizes[i]);
            block = bitslab_realloc(block, sizes[i] / 2);
            cr_assert(pattern_ok(block, sizes[i] / 2, i), "align %zu, size %zu: content lost",
                      align, sizes[i]);
            bitslab_free(block);
        }
    }
}
