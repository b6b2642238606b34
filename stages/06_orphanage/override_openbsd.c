/* override_openbsd.c -- what OpenBSD adds to the names of malloc.
 *
 * Its libc looks which malloc a program has, and leaves memory alone that is not its own; but a block of
 * these functions is freed by free, so all of them must come from one malloc. "Concealed" blocks are kept
 * out of core dumps there. Here they are blocks like others.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "bitslab.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT void *malloc_conceal(size_t size) { return bitslab_malloc(size); }
EXPORT void *calloc_conceal(size_t count, size_t size) { return bitslab_calloc(count, size); }

/* Zero what nobody will read again: the compiler may not know that. */
static void wipe(void *block, size_t size) {
    memset(block, 0, size);
    __asm__ volatile("" : : "r"(block) : "memory");
}

EXPORT void freezero(void *block, size_t size) {
    if (block == NULL) return;
    wipe(block, size);
    bitslab_free(block);
}

/* Always to another block, so that no part of the old one is left anywhere. */
static void *move(void *block, size_t old_bytes, size_t new_bytes) {
    char *moved = (char *)bitslab_malloc(new_bytes);
    if (moved == NULL) return NULL;
    size_t kept = old_bytes < new_bytes ? old_bytes : new_bytes;
    memcpy(moved, block, kept);
    memset(moved + kept, 0, new_bytes - kept);
    freezero(block, old_bytes);
    return moved;
}

EXPORT void *recallocarray(void *block, size_t old_count, size_t count, size_t size) {
    size_t old_bytes, new_bytes;
    if (block == NULL) return bitslab_calloc(count, size);
    if (__builtin_mul_overflow(count, size, &new_bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    if (__builtin_mul_overflow(old_count, size, &old_bytes)) {
        errno = EINVAL;
        return NULL;
    }
    if (new_bytes != old_bytes) return move(block, old_bytes, new_bytes);
    return block;
}
