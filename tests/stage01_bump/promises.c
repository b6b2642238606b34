/* promises.c -- what the C standard and POSIX promise of the allocation functions. */
#include <criterion/criterion.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bitslab.h"
#include "support/pattern.h"

/* A size that the compiler cannot know, so that it does not warn of what is meant here. */
static volatile size_t too_large = PTRDIFF_MAX;

Test(stage01_bump, blocks_are_aligned_to_16_bytes) {
    for (size_t size = 0; size < 5000; size += 13)
        cr_assert_eq((uintptr_t)bitslab_malloc(size) % 16, 0, "size %zu", size);
}

Test(stage01_bump, blocks_of_no_bytes_are_different) {
    void *first = bitslab_malloc(0), *second = bitslab_malloc(0);
    cr_assert_not_null(first);
    cr_assert_not_null(second);
    cr_assert_neq(first, second);
    bitslab_free(first);
    bitslab_free(second);
}

Test(stage01_bump, free_of_null_does_nothing) {
    errno = 17;
    bitslab_free(NULL);
    cr_assert_eq(errno, 17);
}

Test(stage01_bump, free_keeps_errno) {
    void *small = bitslab_malloc(10), *large = bitslab_malloc(3 << 20);
    errno = 17;
    bitslab_free(small);
    bitslab_free(large);
    cr_assert_eq(errno, 17);
}

Test(stage01_bump, calloc_gives_zeros) {
    for (size_t count = 1; count < 2000; count += 7) {
        char *block = bitslab_calloc(count, 3);
        cr_assert(all_zero(block, count * 3), "%zu * 3 bytes", count);
        memset(block, 0xff, count * 3);
        bitslab_free(block);
    }
}

Test(stage01_bump, calloc_notices_that_the_product_overflows) {
    volatile size_t half = SIZE_MAX / 2 + 2;
    errno = 0;
    cr_assert_null(bitslab_calloc(half, 2));
    cr_assert_eq(errno, ENOMEM);
}

Test(stage01_bump, sizes_that_no_object_may_have_fail) {
    for (size_t less = 0; less < 4; less++) {
        errno = 0;
        cr_assert_null(bitslab_malloc(too_large - less));
        cr_assert_eq(errno, ENOMEM);
        errno = 0;
        cr_assert_null(bitslab_malloc(SIZE_MAX - less));
        cr_assert_eq(errno, ENOMEM);
    }
    errno = 0;
    cr_assert_null(bitslab_aligned_alloc(4096, SIZE_MAX - 100));
    cr_assert_eq(errno, ENOMEM);
}

Test(stage01_bump, a_failed_malloc_leaves_the_heap_usable) {
    char *before = bitslab_malloc(100);
    pattern_fill(before, 100, 1);
    cr_assert_null(bitslab_malloc(too_large));
    char *after = bitslab_malloc(100);
    cr_assert_not_null(after);
    pattern_fill(after, 100, 2);
    cr_assert(pattern_ok(before, 100, 1));
}

Test(stage01_bump, realloc_of_null_allocates) {
    char *block = bitslab_realloc(NULL, 100);
    cr_assert_not_null(block);
    pattern_fill(block, 100, 1);
    bitslab_free(block);
}

Test(stage01_bump, realloc_keeps_the_contents) {
    size_t old = 1;
    unsigned char *block = bitslab_malloc(old);
    pattern_fill(block, old, 5);
    for (size_t size = 2; size < 40000; size += size / 3 + 1) {
        block = bitslab_realloc(block, size);
        cr_assert_not_null(block);
        cr_assert(pattern_ok(block, old, 5), "grown from %zu to %zu", old, size);
        pattern_fill(block, size, 5);
        old = size / 2 + 1;
        block = bitslab_realloc(block, old);
        cr_assert(pattern_ok(block, old, 5), "shrunk from %zu to %zu", size, old);
    }
}

Test(stage01_bump, realloc_to_no_bytes_keeps_a_block) {
    void *block = bitslab_realloc(bitslab_malloc(100), 0);
    cr_assert_not_null(block);
    bitslab_free(block);
}

Test(stage01_bump, realloc_that_fails_leaves_the_block) {
    char *block = bitslab_malloc(300);
    pattern_fill(block, 300, 9);
    errno = 0;
    cr_assert_null(bitslab_realloc(block, too_large));
    cr_assert_eq(errno, ENOMEM);
    cr_assert(pattern_ok(block, 300, 9));
    bitslab_free(block);
}

Test(stage01_bump, aligned_alloc_aligns) {
    for (size_t align = 1; align <= 32768; align *= 2)
        for (size_t size = 1; size <= 40000; size = size * 3 + 1) {
            char *block = bitslab_aligned_alloc(align, size);
            cr_assert_eq((uintptr_t)block % align, 0, "%zu bytes at %zu", size, align);
            pattern_fill(block, size, align);
            cr_assert(pattern_ok(block, size, align));
            bitslab_free(block);
        }
}

Test(stage01_bump, aligned_alloc_wants_a_power_of_two) {
    static const size_t bad[] = {0, 3, 24, 48, 4095, SIZE_MAX};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        errno = 0;
        cr_assert_null(bitslab_aligned_alloc(bad[i], 100));
        cr_assert_eq(errno, EINVAL, "alignment %zu", bad[i]);
    }
}

Test(stage01_bump, posix_memalign_reports_by_its_result_alone) {
    static const size_t bad[] = {0, 1, 2, sizeof(void *) / 2, 12, 24, 100};
    void *out = &out;
    errno = 17;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_eq(bitslab_posix_memalign(&out, bad[i], 100), EINVAL, "alignment %zu", bad[i]);
    cr_assert_eq(bitslab_posix_memalign(&out, 16, too_large), ENOMEM);
    cr_assert_eq(out, &out, "untouched on failure");
    cr_assert_eq(bitslab_posix_memalign(&out, 64, 100), 0);
    cr_assert_eq((uintptr_t)out % 64, 0);
    cr_assert_eq(errno, 17);
    bitslab_free(out);
}

Test(stage01_bump, usable_bytes_may_all_be_written) {
    cr_assert_eq(bitslab_usable_size(NULL), 0);
    for (size_t size = 0; size < 20000; size = size * 5 / 4 + 1) {
        char *block = bitslab_malloc(size), *next = bitslab_malloc(size);
        size_t usable = bitslab_usable_size(block);
        cr_assert_geq(usable, size);
        pattern_fill(next, bitslab_usable_size(next), size + 1);
        pattern_fill(block, usable, size);
        cr_assert(pattern_ok(next, bitslab_usable_size(next), size + 1), "size %zu", size);
        bitslab_free(block);
        bitslab_free(next);
    }
}

Test(stage01_bump, statistics_tell_of_memory) {
    struct bitslab_stats before, after;
    bitslab_stats(&before);
    void *block = bitslab_malloc(5 << 20);
    bitslab_stats(&after);
    cr_assert_geq(after.mapped_bytes, before.mapped_bytes + (5 << 20));
    cr_assert_geq(after.mapped_peak_bytes, after.mapped_bytes);
    bitslab_free(block);
}
