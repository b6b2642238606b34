/* hardened_promises.c -- what hardened_malloc's list wants of blocks that are used as they may be.
 *
 * A promise is kept if the process comes to its normal end without the mark.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "misuse.h"

__attribute__((weak)) size_t malloc_object_size(const void *pointer);
__attribute__((weak)) void free_sized(void *block, size_t size);
__attribute__((weak)) void free_aligned_sized(void *block, size_t align, size_t size);

static void must(const struct misuse *self, bool kept) {
    if (!kept) got_by(self);
}

static bool reads_as_zero(const char *memory, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (((const volatile char *)memory)[i] != 0) return false;
    return true;
}

static void new_is_zero(const struct misuse *self, size_t size) {
    char *block = block_of(size);
    must(self, reads_as_zero(block, size));
    free(block);
}

static void array_is_zero(const struct misuse *self, size_t size) {
    char *block = hidden(calloc(128, size));
    must(self, block != NULL && reads_as_zero(block, 128 * size));
    free(block);
}

static void array_overflow(const struct misuse *self, size_t size) {
    errno = 0;
    void *block = calloc(size, 2);
    must(self, block == NULL && errno == ENOMEM);
}

static void too_large(const struct misuse *self, size_t size) { must(self, malloc(size) == NULL); }

/* A string that fills its block to the last byte ends there: what follows reads as 0. */
static void string_ends(const struct misuse *self, size_t size) {
    char *block = block_of(size);
    size_t usable = malloc_usable_size(block);
    memset(block, 'a', usable);
    must(self, strlen(hidden(block)) == usable);
}

static void empty_differ(const struct misuse *self, size_t size) {
    char *first = block_of(size);
    must(self, first != block_of(size));
}

static void empty_not_reused(const struct misuse *self, size_t size) {
    char *empty = block_of(size);
    for (ptrdiff_t i = 0; i < 512; i++) {
        char *other = block_of(64);
        must(self, other != empty);
        free(other);
    }
}

/* There to 560 MiB, which takes long; here to 75 MiB. */
static void grows(UNUSED const struct misuse *self, size_t size) {
    char *block = NULL;
    for (unsigned i = 0; i < 15; i++, size += size / 2) {
        block = realloc(block, size);
        if (block == NULL) broken();
        memset(hidden(block), 'a', size);
    }
}

static void *resize_and_free(void *block) {
    block = realloc(block, 1024);
    if (block == NULL) broken();
    free(block);
    return NULL;
}

static void resized_by_another_thread(UNUSED const struct misuse *self, size_t size) {
    pthread_t thread;
    void *block = realloc(hidden(NULL), size);
    if (block == NULL || pthread_create(&thread, NULL, resize_and_free, block) != 0) broken();
    pthread_join(thread, NULL);
}

static void sized_free(UNUSED const struct misuse *self, size_t size) {
    if (free_sized == NULL) absent();
    char *block = block_of(size);
    memset(block, 'a', size);
    free_sized(block, size);
}

static void sized_free_of_empty(UNUSED const struct misuse *self, size_t size) {
    void *block;
    if (free_aligned_sized == NULL) absent();
    if (posix_memalign(&block, 16, size) != 0) broken();
    free_aligned_sized(block, 16, size);
}

/* From a place within a block, what is left of all that may be used. */
static void object_size(const struct misuse *self, size_t size) {
    if (malloc_object_size == NULL) absent();
    char *block = block_of(size);
    size_t usable = size == 0 ? 0 : malloc_usable_size(block);
    must(self, malloc_object_size(block + self->by) == usable - (size_t)self->by);
}

const struct misuse hardened_promises[] = {
    HARDENED_PROMISE("a small block reads as 0", "uninitialized_read_small", new_is_zero, 0, 8),
    HARDENED_PROMISE("a large block reads as 0", "uninitialized_read_large", new_is_zero, 0,
                     256 << 10),
    HARDENED_PROMISE("calloc clears", "calloc_zeroed", array_is_zero, 0, 16),
    HARDENED_PROMISE("calloc of too much fails", "calloc_overflow", array_overflow, 0, SIZE_MAX),
    HARDENED_PROMISE("malloc of -8 fails", "impossibly_large_malloc", too_large, 0, (size_t)-8),
    HARDENED_PROMISE("a full string ends with its block", "string_overflow", string_ends, 0, 16),
    HARDENED_PROMISE("empty blocks differ", "malloc_zero_different", empty_differ, 0, 0),
    HARDENED_PROMISE("an empty block stays apart", "malloc_noreuse", empty_not_reused, 0, 0),
    HARDENED_PROMISE("a large array grows", "large_array_growth", grows, 0, 256 << 10),
    HARDENED_PROMISE("another thread resizes", "realloc_init", resized_by_another_thread, 0, 12),
    HARDENED_PROMISE("free_sized, small", "free_sized_small", sized_free, 0, 100),
    HARDENED_PROMISE("free_sized, large", "free_sized_large", sized_free, 0, 1 << 20),
    HARDENED_PROMISE("free_aligned_sized of no bytes", "aligned_sized_delete_small_min_align",
                     sized_free_of_empty, 0, 0),
    HARDENED_PROMISE("object size", "malloc_object_size", object_size, 0, 16),
    HARDENED_PROMISE("object size from within", "malloc_object_size_offset", object_size, 5, 16),
    HARDENED_PROMISE("object size of no bytes", "malloc_object_size_zero", object_size, 0, 0),
    {0},
};
