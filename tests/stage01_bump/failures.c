/* failures.c -- requests that cannot be served, of every kind and of many sizes, change nothing. */
#include <criterion/criterion.h>
#include <errno.h>

#include "bitslab.h"
#include "support/blocks.h"
#include "support/limits.h"

/* More than any machine has, and more than an object may have. */
static const size_t too_large[] = {ADDRESSES_BYTES,
                                   SIZE_MAX / 4 * 3,
                                   (size_t)PTRDIFF_MAX - 4096,
                                   (size_t)PTRDIFF_MAX - 1,
                                   (size_t)PTRDIFF_MAX,
                                   (size_t)PTRDIFF_MAX + 1,
                                   SIZE_MAX - ((size_t)4 << 20),
                                   SIZE_MAX - 65536,
                                   SIZE_MAX - 4096,
                                   SIZE_MAX - 16,
                                   SIZE_MAX - 1,
                                   SIZE_MAX};

/* The call gives NULL, and errno. */
#define EXPECT_NULL(call, error)                                      \
    do {                                                              \
        errno = 0;                                                    \
        cr_assert_null(call, "%s", #call);                            \
        cr_assert_eq(errno, error, "%s left errno %d", #call, errno); \
    } while (0)

Test(stage01_bump, malloc_of_too_much_is_null_and_enomem) {
    for (unsigned i = 0; i < COUNT_OF(too_large); i++)
        EXPECT_NULL(bitslab_malloc(too_large[i]), ENOMEM);
}

Test(stage01_bump, calloc_of_too_much_is_null_and_enomem) {
    for (unsigned i = 0; i < COUNT_OF(too_large); i++) {
        EXPECT_NULL(bitslab_calloc(1, too_large[i]), ENOMEM);
        EXPECT_NULL(bitslab_calloc(too_large[i], 1), ENOMEM);
    }
}

/* Each product would be small if the bits that don't fit were dropped. */
Test(stage01_bump, calloc_whose_product_overflows_is_null_and_enomem) {
    EXPECT_NULL(bitslab_calloc(HALF_OF_BITS, HALF_OF_BITS), ENOMEM);
    EXPECT_NULL(bitslab_calloc(SIZE_MAX / 16 + 1, 16), ENOMEM);
    EXPECT_NULL(bitslab_calloc(16, SIZE_MAX / 16 + 2), ENOMEM);
    EXPECT_NULL(bitslab_calloc(SIZE_MAX / 2 + 1, 2), ENOMEM);
    EXPECT_NULL(bitslab_calloc(SIZE_MAX, SIZE_MAX), ENOMEM);
}

Test(stage01_bump, aligned_alloc_of_too_much_is_null_and_enomem) {
    for (size_t align = 1; align <= 32 * KIB; align *= 2)
        for (unsigned i = 0; i < COUNT_OF(too_large); i++)
            EXPECT_NULL(bitslab_aligned_alloc(align, too_large[i]), ENOMEM);
}

#if STAGE != 2 /* which allows 32 KiB, and says EINVAL above */
Test(stage01_bump, aligned_alloc_beyond_the_address_space_is_null_and_enomem) {
    for (size_t align = ADDRESSES_BYTES; align != 0; align *= 2)
        EXPECT_NULL(bitslab_aligned_alloc(align, 100), ENOMEM);
}
#endif

/* POSIX: the result is the error, *out keeps its value on failure, and errno is not touched. */
static void expect_posix_error(size_t align, size_t size, int error) {
    void *out = &out;
    errno = 1234;
    int result = bitslab_posix_memalign(&out, align, size);
    cr_assert_eq(result, error, "posix_memalign(%zu, %zu) gave %d", align, size, result);
    cr_assert_eq(out, (void *)&out, "posix_memalign(%zu, %zu) changed *out", align, size);
    cr_assert_eq(errno, 1234, "posix_memalign(%zu, %zu) changed errno", align, size);
}

Test(stage01_bump, posix_memalign_of_too_much_is_enomem) {
    for (size_t align = sizeof(void *); align <= 32 * KIB; align *= 2)
        for (unsigned i = 0; i < COUNT_OF(too_large); i++)
            expect_posix_error(align, too_large[i], ENOMEM);
}

Test(stage01_bump, realloc_of_null_to_too_much_is_null_and_enomem) {
    for (unsigned i = 0; i < COUNT_OF(too_large); i++)
        EXPECT_NULL(bitslab_realloc(NULL, too_large[i]), ENOMEM);
}

Test(stage01_bump, the_heap_works_after_failures) {
    for (unsigned i = 0; i < 1000; i++) {
        EXPECT_NULL(bitslab_malloc(too_large[i % COUNT_OF(too_large)]), ENOMEM);
        unsigned char *block = bitslab_malloc(i * 30);
        cr_assert_not_null(block);
        pattern_fill(block, i * 30, i);
        EXPECT_NULL(bitslab_calloc(SIZE_MAX / 2, 3), ENOMEM);
        cr_assert(pattern_ok(block, i * 30, i));
        bitslab_free(block);
    }
}
