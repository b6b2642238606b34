/* aligned.c -- every alignment with every kind of block: bins, wide blocks, huge blocks. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "bitslab.h"
#include "support/pattern.h"

#define SIZE_SHIFT_MIN 12
#define SIZE_SHIFT_MAX 21
#define ALIGN_SHIFT_MAX 21
#define GIB_SHIFT 30
#define KEPT_MAX ((SIZE_SHIFT_MAX + 1) * (ALIGN_SHIFT_MAX + 1))

/* Blocks of this many bytes are filled at their ends only. */
#define FILLED_MAX_BYTES ((size_t)4 << 20)
#define END_BYTES 4096

static bool is_aligned(const void *block, size_t align) {
    return ((uintptr_t)block & (align - 1)) == 0;
}

static unsigned char *make(size_t align, size_t size) {
    unsigned char *block = bitslab_aligned_alloc(align, size);
    cr_assert_not_null(block, "aligned_alloc(%zu, %zu) gave up", align, size);
    cr_assert(is_aligned(block, align), "aligned_alloc(%zu, %zu) is at %p", align, size,
              (void *)block);
    cr_assert(is_aligned(block, 16), "aligned_alloc(%zu, %zu) is at %p", align, size,
              (void *)block);
    cr_assert_geq(bitslab_usable_size(block), size);
    return block;
}

/* All that may be used is written, then the block grows by a byte and goes back. */
static void use(size_t align, size_t size) {
    unsigned char *block = make(align, size);
    size_t usable = bitslab_usable_size(block), seed = size + align;
    pattern_fill(block, usable, seed);
    cr_assert(pattern_ok(block, usable, seed));
    unsigned char *grown = bitslab_realloc(block, usable + 1);
    cr_assert_not_null(grown);
    cr_assert_geq(bitslab_usable_size(grown), usable + 1);
    cr_assert(pattern_ok(grown, usable, seed), "realloc of aligned_alloc(%zu, %zu) lost its bytes",
              align, size);
    grown[usable] = 1;
    bitslab_free(grown);
}

Test(stage03_superpage, every_size_comes_with_every_alignment) {
    for (unsigned size = SIZE_SHIFT_MIN; size <= SIZE_SHIFT_MAX; size++)
        for (unsigned align = 0; align <= ALIGN_SHIFT_MAX; align++)
            use((size_t)1 << align, (size_t)1 << size);
}

Test(stage03_superpage, sizes_around_a_power_of_two_come_with_every_alignment) {
    for (unsigned size = SIZE_SHIFT_MIN; size <= SIZE_SHIFT_MAX; size += 3) {
        for (unsigned align = 0; align <= ALIGN_SHIFT_MAX; align++) {
            use((size_t)1 << align, ((size_t)1 << size) - 1);
            use((size_t)1 << align, ((size_t)1 << size) + 1);
        }
    }
}

Test(stage03_superpage, growing_an_aligned_block_by_one_byte_keeps_its_contents) {
    for (unsigned shift = SIZE_SHIFT_MIN; shift <= SIZE_SHIFT_MAX; shift++) {
        size_t size = (size_t)1 << shift;
        for (unsigned align = 0; align <= ALIGN_SHIFT_MAX; align++) {
            unsigned char *block = make((size_t)1 << align, size);
            pattern_fill(block, size, align);
            block = bitslab_realloc(block, size + 1);
            cr_assert_not_null(block);
            cr_assert(pattern_ok(block, size, align));
            block[size] = 1;
            bitslab_free(block);
        }
    }
}

Test(stage03_superpage, aligned_blocks_do_not_overlap) {
    static unsigned char *blocks[KEPT_MAX];
    unsigned count = 0;
    for (unsigned shift = 0; shift <= SIZE_SHIFT_MAX; shift++) {
        for (unsigned align = 0; align <= ALIGN_SHIFT_MAX; align++, count++) {
            blocks[count] = make((size_t)1 << align, (size_t)1 << shift);
            pattern_fill(blocks[count], (size_t)1 << shift, count);
        }
    }
    for (unsigned i = 0; i < count; i++) {
        size_t size = (size_t)1 << i / (ALIGN_SHIFT_MAX + 1);
        cr_assert(pattern_ok(blocks[i], size, i), "another block wrote into one of %zu bytes",
                  size);
        bitslab_free(blocks[i]);
    }
}

Test(stage03_superpage, posix_memalign_serves_every_kind_of_block) {
    for (unsigned size = SIZE_SHIFT_MIN; size <= SIZE_SHIFT_MAX; size++) {
        for (unsigned align = 3; align <= ALIGN_SHIFT_MAX; align++) {
            void *block = NULL;
            cr_assert_eq(bitslab_posix_memalign(&block, (size_t)1 << align, (size_t)1 << size), 0);
            cr_assert(is_aligned(block, (size_t)1 << align));
            memset(block, 0xff, (size_t)1 << size);
            bitslab_free(block);
        }
    }
}

/* Write the first and the last bytes of a block, which may be much larger than the memory. */
static void touch_ends(unsigned char *block, size_t size) {
    if (size <= FILLED_MAX_BYTES) {
        pattern_fill(block, size, size);
        cr_assert(pattern_ok(block, size, size));
        return;
    }
    pattern_fill(block, END_BYTES, size);
    pattern_fill(block + size - END_BYTES, END_BYTES, size);
    cr_assert(pattern_ok(block, END_BYTES, size));
}

Test(stage03_superpage, every_power_of_two_up_to_a_gibibyte_is_a_size) {
    for (unsigned shift = 0; shift <= GIB_SHIFT; shift++) {
        size_t size = (size_t)1 << shift;
        unsigned char *block = bitslab_malloc(size);
        cr_assert_not_null(block, "malloc(%zu) gave up", size);
        cr_assert(is_aligned(block, 16));
        cr_assert_geq(bitslab_usable_size(block), size);
        touch_ends(block, size);
        bitslab_free(block);
    }
}

Test(stage03_superpage, every_power_of_two_up_to_a_gibibyte_is_an_alignment) {
    static const size_t sizes[] = {1, 100, 5000, 100 << 10, 400 << 10, 3 << 20};
    for (unsigned shift = 0; shift <= GIB_SHIFT; shift++) {
        for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            unsigned char *block = make((size_t)1 << shift, sizes[i]);
            touch_ends(block, sizes[i]);
            bitslab_free(block);
        }
    }
}

Test(stage03_superpage, an_aligned_huge_block_gives_all_its_memory_back) {
    struct bitslab_stats before, after;
    bitslab_free(make((size_t)64 << 20, 100)); /* what the registry maps stays */
    bitslab_stats(&before);
    for (unsigned shift = SIZE_SHIFT_MAX; shift < 27; shift++)
        bitslab_free(make((size_t)1 << shift, 100));
    bitslab_stats(&after);
    cr_assert_eq(after.huge_blocks, before.huge_blocks);
    cr_assert_leq(after.mapped_bytes, before.mapped_bytes + (1 << 20) + QUARANTINE_BYTES);
}

Test(stage03_superpage, an_alignment_that_is_no_power_of_two_is_refused_for_large_blocks) {
    static const size_t aligns[] = {0, 3, 48, 65537, 100000, (2 << 20) + 16, SIZE_MAX};
    for (unsigned i = 0; i < sizeof aligns / sizeof aligns[0]; i++) {
        errno = 0;
        cr_assert_null(bitslab_aligned_alloc(aligns[i], 1 << 20));
        cr_assert_eq(errno, EINVAL);
    }
}
