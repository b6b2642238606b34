/* limits.c -- what stage 2 cannot do yet: reuse blocks above 32 KiB, and align beyond that. */
#include <criterion/criterion.h>
#include <errno.h>

#include "bitslab.h"
#include "support/blocks.h"

#if STAGE == 2

Test(stage02_slab, large_blocks_are_not_reused) {
    bitslab_free(bitslab_malloc(1));
    size_t before = stats_now().mapped_bytes;
    for (unsigned i = 0; i < 100; i++) bitslab_free(bitslab_malloc(100000));
    cr_assert_geq(stats_now().mapped_bytes, before + 100 * 100000);
}

/* A header in front of the data: one page short of a slab would have been enough. */
Test(stage02_slab, a_block_of_64_kib_takes_128_kib) {
    bitslab_free(bitslab_malloc(1));
    size_t before = stats_now().mapped_bytes;
    (void)bitslab_malloc(64 * KIB);
    cr_assert_eq(stats_now().mapped_bytes - before, 128 * KIB);
}

Test(stage02_slab, alignments_beyond_32_kib_are_einval) {
    for (size_t align = 64 * KIB; align != 0; align *= 2) {
        void *out = &out;
        errno = 0;
        cr_assert_null(bitslab_aligned_alloc(align, 100));
        cr_assert_eq(errno, EINVAL);
        cr_assert_eq(bitslab_posix_memalign(&out, align, 100), EINVAL);
        cr_assert_eq(out, (void *)&out);
    }
}

#endif
