/* many_blocks.c -- many blocks at once keep their contents and never overlap. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "bitslab.h"
#include "support/pattern.h"
#include "support/random.h"

struct blocks {
    size_t count;
    unsigned char **at;
    size_t *size;
};

static struct blocks blocks_of(size_t count) {
    return (struct blocks){count, calloc(count, sizeof(char *)), calloc(count, sizeof(size_t))};
}

static void allocate(struct blocks *blocks, size_t i, size_t size) {
    blocks->at[i] = bitslab_malloc(size);
    blocks->size[i] = size;
    cr_assert_not_null(blocks->at[i], "block %zu of %zu bytes", i, size);
    pattern_fill(blocks->at[i], size, i);
}

static void release(struct blocks *blocks, size_t i) {
    cr_assert(pattern_ok(blocks->at[i], blocks->size[i], i), "block %zu was overwritten", i);
    bitslab_free(blocks->at[i]);
    blocks->at[i] = NULL;
}

static void end(struct blocks *blocks) {
    for (size_t i = blocks->count; i-- > 0;)
        if (blocks->at[i] != NULL) release(blocks, i);
    free(blocks->at);
    free(blocks->size);
}

Test(stage01_bump, each_size_up_to_1024_twice) {
    struct blocks blocks = blocks_of(2 * 1024);
    for (size_t i = 0; i < 2 * 1024; i++) allocate(&blocks, i, i / 2 + 1);
    for (size_t i = 0; i < 2 * 1024; i++) release(&blocks, i);
    end(&blocks);
}

Test(stage01_bump, sixteen_blocks_of_each_size_below_1024) {
    struct blocks blocks = blocks_of(16 * 1024);
    for (size_t i = 0; i < blocks.count; i++) allocate(&blocks, i, i / 16);
    for (size_t i = 0; i < blocks.count; i++) release(&blocks, i);
    end(&blocks);
}

/* The patterns of the original: so many blocks of a size, freed in three ways. */
enum order { AT_THE_END, BACKWARD, AT_RANDOM };

/* A few are freed as others are allocated, unless all are freed at the end. */
static void pattern(size_t count, size_t size, enum order order) {
    struct blocks blocks = blocks_of(count);
    uint64_t state = 88172645463325252u;
    for (size_t i = 0; i < count; i++) {
        allocate(&blocks, i, size);
        size_t victim = order == BACKWARD ? i - i % 3 : random_next(&state) % (i + 1);
        if (order != AT_THE_END && i % 3 == 2 && blocks.at[victim] != NULL)
            release(&blocks, victim);
    }
    end(&blocks);
}

static void all_orders(size_t count, size_t size) {
    for (enum order order = AT_THE_END; order <= AT_RANDOM; order++) pattern(count, size, order);
}

Test(stage01_bump, blocks_of_16_bytes_400_times) { all_orders(400, 16); }
Test(stage01_bump, blocks_of_65535_bytes_10_times) { all_orders(10, 65535); }
Test(stage01_bump, blocks_of_8_bytes_300000_times) { all_orders(300000, 8); }

Test(stage01_bump, blocks_of_each_power_of_two_100_times) {
    for (size_t size = 2; size <= 32768; size *= 2) all_orders(100, size);
}

Test(stage01_bump, random_sizes_and_lives) {
    struct blocks blocks = blocks_of(500);
    uint64_t state = 42;
    for (unsigned turn = 0; turn < 20000; turn++) {
        size_t i = random_next(&state) % blocks.count;
        if (blocks.at[i] != NULL) release(&blocks, i);
        allocate(&blocks, i, random_next(&state) % (turn % 50 == 0 ? 30000 : 600));
    }
    end(&blocks);
}
