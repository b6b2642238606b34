/* zeroing.c -- calloc gives zeros, whatever the memory held before. */
#include <criterion/criterion.h>

#include "bitslab.h"
#include "support/blocks.h"

#define BLOCKS_MAX 5000

static unsigned char *blocks[BLOCKS_MAX];

static const size_t sizes[] = {0,   1,   8,    16,   17,   48,   64,    100,   128,   129,
                               200, 500, 1000, 1024, 4096, 9000, 16384, 32768, 40000, 65536};

static void dirty(unsigned char *block) { memset(block, 0xa5, bitslab_usable_size(block)); }

static unsigned char *zeroed(size_t count, size_t size) {
    unsigned char *block = bitslab_calloc(count, size);
    cr_assert_not_null(block);
    cr_assert(all_zero(block, count * size), "calloc(%zu, %zu) is not zero", count, size);
    return block;
}

Test(stage01_bump, calloc_zeroes_fresh_memory) {
    for (unsigned i = 0; i < COUNT_OF(sizes); i++)
        for (unsigned k = 0; k < 20; k++) dirty(zeroed(1, sizes[i]));
}

Test(stage01_bump, calloc_zeroes_all_elements) {
    for (size_t count = 0; count < 40; count++)
        for (size_t size = 0; size < 40; size++) bitslab_free(zeroed(count, size));
    bitslab_free(zeroed(1000, 65));
    bitslab_free(zeroed(65, 1000));
}

Test(stage01_bump, calloc_zeroes_a_block_that_was_dirty) {
    for (unsigned i = 0; i < COUNT_OF(sizes); i++) {
        for (unsigned k = 0; k < 10; k++) {
            unsigned char *block = bitslab_malloc(sizes[i]);
            dirty(block);
            bitslab_free(block);
            block = zeroed(1, sizes[i]);
            dirty(block);
            bitslab_free(block);
        }
    }
}

/* Many live ones at once: some take memory that was dirty, the others memory never used. */
Test(stage01_bump, calloc_zeroes_dirty_and_fresh_memory_alike) {
    for (unsigned i = 0; i < COUNT_OF(sizes); i++) {
        unsigned count = (unsigned)(2 * MIB / (sizes[i] + 1));
        if (count > BLOCKS_MAX) count = BLOCKS_MAX;
        for (unsigned k = 0; k < count / 2; k++) dirty(blocks[k] = bitslab_malloc(sizes[i]));
        for (unsigned k = 0; k < count / 2; k += 2) bitslab_free(blocks[k]);
        for (unsigned k = 0; k < count / 2; k += 2) dirty(blocks[k] = zeroed(1, sizes[i]));
        for (unsigned k = count / 2; k < count; k++) dirty(blocks[k] = zeroed(1, sizes[i]));
        for (unsigned k = 0; k < count; k++) bitslab_free(blocks[k]);
        for (unsigned k = 0; k < count; k++) dirty(blocks[k] = zeroed(1, sizes[i]));
        for (unsigned k = 0; k < count; k++) bitslab_free(blocks[k]);
    }
}

Test(stage01_bump, calloc_zeroes_what_a_resized_block_left) {
    for (unsigned i = 0; i + 1 < COUNT_OF(sizes); i++) {
        unsigned char *block = bitslab_malloc(sizes[i]);
        dirty(block);
        block = bitslab_realloc(block, sizes[i + 1]);
        dirty(block);
        unsigned char *first = zeroed(1, sizes[i]);
        block = bitslab_realloc(block, sizes[i]);
        unsigned char *second = zeroed(1, sizes[i + 1]);
        bitslab_free(block);
        bitslab_free(first);
        bitslab_free(second);
    }
}

/* The same with malloc, free and realloc in between, at random. */
Test(stage01_bump, calloc_zeroes_in_any_mix_of_calls) {
    uint64_t state = 77;
    for (unsigned step = 0; step < 30000; step++) {
        unsigned i = (unsigned)random_below(&state, 300);
        size_t size = random_below(&state, random_below(&state, 30) == 0 ? 40000 : 500);
        if (step % 3 == 0) {
            blocks[i] = bitslab_realloc(blocks[i], size);
        } else {
            bitslab_free(blocks[i]);
            blocks[i] = step % 3 == 1 ? zeroed(1, size) : bitslab_malloc(size);
        }
        dirty(blocks[i]);
    }
    for (unsigned i = 0; i < 300; i++) bitslab_free(blocks[i]);
}
