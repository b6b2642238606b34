/* override.c -- the names that programs call: C, C23, and what glibc and musl add.
 *
 * Part of the shared library, for preloading or linking, and of libbitslab-malloc.a. A static link
 * needs every name that libc's own malloc would bring, or it would bring both.
 */
#include <errno.h>
#include <stddef.h>

#include "bitslab.h"
#include "bits.h"
#include "os.h"

#define EXPORT __attribute__((visibility("default")))

/* By this `bitslab check` knows a program that the malloc was linked into. */
__attribute__((used)) static const char mark[] = "@(#)malloc is bitslab " BITSLAB_VERSION;

EXPORT void *malloc(size_t size) { return bitslab_malloc(size); }
EXPORT void free(void *block) { bitslab_free(block); }
EXPORT void *calloc(size_t count, size_t size) { return bitslab_calloc(count, size); }
EXPORT void *realloc(void *block, size_t size) { return bitslab_realloc(block, size); }

EXPORT void *reallocarray(void *block, size_t count, size_t size) {
    size_t bytes;
    if (!__builtin_mul_overflow(count, size, &bytes)) return bitslab_realloc(block, bytes);
    errno = ENOMEM;
    return NULL;
}

EXPORT void *aligned_alloc(size_t align, size_t size) { return bitslab_aligned_alloc(align, size); }

EXPORT int posix_memalign(void **out, size_t align, size_t size) {
    return bitslab_posix_memalign(out, align, size);
}

EXPORT size_t malloc_usable_size(void *block) { return bitslab_usable_size(block); }
EXPORT void free_sized(void *block, size_t size) { bitslab_free_sized(block, size); }

EXPORT void free_aligned_sized(void *block, size_t align, size_t size) {
    bitslab_free_aligned_sized(block, align, size);
}

/* glibc rounds an alignment that is no power of two up to one. */
EXPORT void *memalign(size_t align, size_t size) {
    size_t power = sizeof(void *);
    while (power < align && power != 0) power <<= 1;
    return bitslab_aligned_alloc(power, size);
}

EXPORT void *valloc(size_t size) { return bitslab_aligned_alloc(os_page_bytes(), size); }

EXPORT void *pvalloc(size_t size) {
    size_t page = os_page_bytes();
    size_t bytes = size != 0 ? round_up(size, page) : page;
    if (bytes >= size) return bitslab_aligned_alloc(page, bytes);
    errno = ENOMEM;
    return NULL;
}

EXPORT void cfree(void *block) { bitslab_free(block); }
