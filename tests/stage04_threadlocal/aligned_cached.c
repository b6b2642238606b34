/* aligned_cached.c -- what waits in a heap's caches serves aligned requests, and is aligned. */
#include <criterion/criterion.h>
#include <stdint.h>

#include "bitslab.h"

#define ALIGN_MAX ((size_t)64 << 10)
#define SIZE_MAX_BYTES ((size_t)40 << 10)
#define ROUND 40

static void *blocks[ROUND];

/* More at once than one bin, so that some come from the magazine and some from the cursor. */
static void use(size_t align, size_t size) {
    for (unsigned i = 0; i < ROUND; i++) {
        blocks[i] = bitslab_aligned_alloc(align, size);
        cr_assert_not_null(blocks[i]);
        cr_assert_eq((uintptr_t)blocks[i] & (align - 1), 0, "aligned_alloc(%zu, %zu) is at %p",
                     align, size, blocks[i]);
        cr_assert_geq(bitslab_usable_size(blocks[i]), size);
    }
    for (unsigned i = 0; i < ROUND; i++) bitslab_free(blocks[i]);
}

/* Bins of all classes wait, those whose sizes are no powers of two among them. */
static void warm(void) {
    for (size_t size = 0; size <= SIZE_MAX_BYTES; size += 1 + size / 8) {
        for (unsigned i = 0; i < ROUND; i++) blocks[i] = bitslab_malloc(size);
        for (unsigned i = 0; i < ROUND; i++) bitslab_free(blocks[i]);
    }
}

Test(stage04_threadlocal, bins_that_wait_serve_aligned_requests) {
    warm();
    for (size_t align = 1; align <= ALIGN_MAX; align *= 2)
        for (size_t size = 0; size <= SIZE_MAX_BYTES; size += 1 + size / 8) use(align, size);
}
