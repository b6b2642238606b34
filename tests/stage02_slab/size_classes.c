/* size_classes.c -- how much larger a block is than what was asked for. */
#include <criterion/criterion.h>

#include "bitslab.h"
#include "support/blocks.h"

#define BIN_MAX (32 * KIB)

static size_t usable_for(size_t size) {
    void *block = bitslab_malloc(size);
    size_t usable = bitslab_usable_size(block);
    bitslab_free(block);
    return usable;
}

Test(stage02_slab, a_larger_request_never_gets_a_smaller_bin) {
    size_t before = 0;
    for (size_t size = 0; size <= BIN_MAX; size++) {
        size_t usable = usable_for(size);
        cr_assert_geq(usable, before, "%zu bytes get %zu, one byte less gets %zu", size, usable,
                      before);
        before = usable;
    }
}

Test(stage02_slab, all_of_a_bin_may_be_asked_for) {
    for (size_t size = 1; size <= BIN_MAX; size += 1 + size / 50)
        cr_assert_eq(usable_for(usable_for(size)), usable_for(size));
}

Test(stage02_slab, there_are_few_classes) {
    unsigned classes = 0;
#if HARDENED /* usable sizes don't tell of classes */
    classes = BITSLAB_CLASS_COUNT;
#else
    for (size_t size = 1; size <= BIN_MAX; size = usable_for(size) + 1) classes++;
#endif
    cr_assert_leq(classes, 64, "%u classes up to 32 KiB: each keeps slabs of its own", classes);
}

/* What counts is memory. In stage 2 a slab's header leaves room for one bin of 32 KiB, not two. */
#define LITTLE_WASTE_MAX (STAGE == 2 ? 8 * KIB : BIN_MAX)

Test(stage02_slab, many_bins_take_little_more_memory_than_their_bytes) {
    for (size_t size = SCALED(16, 64, 16); size <= LITTLE_WASTE_MAX;
         size = usable_for(size + 1 + HARDENED * size / 5)) {
        size_t taking = (size + SPARE_BYTES + 15) / 16 * 16;
        unsigned count = (unsigned)(8 * MIB / size);
        size_t before = stats_now().mapped_bytes;
        for (unsigned i = 0; i < count; i++) *(char *)bitslab_malloc(size) = 1;
        size_t taken = stats_now().mapped_bytes - before;
        cr_assert_leq(taken, count * taking / 10 * (HARDENED ? 16 : 13) + 2 * MIB,
                      "%u bins of %zu bytes took %zu KiB", count, size, taken / KIB);
    }
}
