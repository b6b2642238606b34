/* own.c -- a victim's own bins: allocated, resized and freed, with and without a stated size. */
#include "scenario.h"
#include "size_class.h"

static void small_blocks(void) {
    for (unsigned class = chance(6); class < CLASS_COUNT; class += 1 + chance(16)) {
        size_t size = CLASS_BYTES(class);
        void *zeroed = NULL;
        void *block = watched_new(size);
        WATCH(zeroed = bitslab_calloc(1, size));
        watched_drop(block_stamp(zeroed, size));
        watched_drop(block);
    }
}

static void magazine_overflows(void) {
    fill(200, 48);
    drop(0, 40);
    watched_drop_range(40, 70);
    drop(70, 200);
    for (unsigned i = 0; i < 70; i++) blocks[i] = i < 40 ? block_new(48) : watched_new(48);
    drop(0, 70);
}

static void sparse_words(void) {
    fill(3000, 112);
    for (unsigned i = 0; i < 3000; i += 11) drop(i, i + 1);
    for (unsigned i = 0; i < 3000; i += 11) blocks[i] = i % 5 ? block_new(112) : watched_new(112);
    drop(0, 3000);
}

static void slabs_retire(void) {
    fill(100, 8 * KIB);
    watched_drop_range(0, 24);
    drop(24, 100);
}

static void zeroed_blocks(void) {
    for (unsigned i = 0; i < 12; i++) {
        WATCH(blocks[i] = bitslab_calloc(3, 16 * KIB));
        block_stamp(blocks[i], 48 * KIB);
    }
    drop(0, 12);
}

static void aligned_blocks(void) {
    static const size_t aligns[] = {64, 4 * KIB, 64 * KIB, 128 * KIB, 2 * MIB, 8 * MIB, 3};
    for (unsigned i = 0; i < sizeof aligns / sizeof *aligns; i++) {
        void *block = NULL;
        WATCH(block = bitslab_aligned_alloc(aligns[i], 5000 * i + 16));
        watched_drop(block_stamp(block, 5000 * i + 16));
        block = NULL;
        WATCH(bitslab_posix_memalign(&block, aligns[i], 100));
        block = block_stamp(block, 100);
        if (block != NULL) WATCH(block = bitslab_realloc(block, 9 * MIB));
        watched_drop(block_stamp(block, 9 * MIB));
    }
}

static void sizes_known(void) {
    static const size_t sizes[] = {0, 16, 100, 5000, 40 * KIB, 250 * KIB, 700 * KIB, 4 * MIB};
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        void *block = bitslab_malloc(sizes[i]);
        WATCH(bitslab_usable_size(block));
        WATCH(bitslab_free_sized(block, sizes[i]));
        block = bitslab_aligned_alloc(256, sizes[i]);
        WATCH(bitslab_free_aligned_sized(block, 256, sizes[i]));
    }
    WATCH(bitslab_usable_size(NULL));
    WATCH(bitslab_free_sized(NULL, 1));
    WATCH(bitslab_free_aligned_sized(NULL, 16, 1));
    WATCH(bitslab_free(NULL));
}

static void resized_bins(void) {
    static const size_t sizes[] = {0, 20, 60, 200, 190, 3000, 2900, 40 * KIB, 41 * KIB, 10};
    void *block = NULL;
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
        WATCH(block = bitslab_realloc(block, sizes[i]));
    WATCH(bitslab_free(block));
}

const struct scenario own_scenarios[] = {
    {"small blocks", small_blocks},
    {"sparse words", sparse_words},
    {"magazine overflows", magazine_overflows},
    {"slabs retire", slabs_retire},
    {"zeroed blocks", zeroed_blocks},
    {"aligned blocks", aligned_blocks},
    {"frees of a known size", sizes_known},
    {"resized bins", resized_bins},
    {NULL, NULL},
};
