/* hardened_misuses.c -- the misuses of hardened_malloc's list: each must end the process.
 *
 * That list wants a certain message or a crash. Here any end of the process counts, and so does
 * freed memory that reads as zero, large as well as small.
 */
#define _GNU_SOURCE
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "misuse.h"

#define REUSES 100000 /* blocks that come and go until a small one is surely reused */

/* hardened_malloc's own: bytes from here to the end of the object that the pointer lies in. */
__attribute__((weak)) size_t malloc_object_size(const void *pointer);

static void at_once(const struct misuse *self, size_t size) {
    char *block = block_of(size);
    free(block);
    free(hidden(block));
    got_by(self);
}

static void after_another(const struct misuse *self, size_t size) {
    char *block = block_of(size);
    char *other = block_of(size);
    free(block);
    free(other);
    free(hidden(block));
    got_by(self);
}

static void near_block(const struct misuse *self, size_t size) {
    free(hidden(block_of(size) + self->by));
    got_by(self);
}

/* The program's own mapping, which it may or may not access. */
static void mapping(const struct misuse *self, UNUSED size_t size) {
    free(block_of(16));
    char *pages = mmap(NULL, 16 * 4096, (int)self->by, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) broken();
    free(hidden(pages + 8 * 4096));
    got_by(self);
}

/* Pointers that were never set. */
static void number_freed(const struct misuse *self, UNUSED size_t size) {
    free(hidden((void *)(uintptr_t)self->by));
    got_by(self);
}

static void number_resized(const struct misuse *self, size_t size) {
    void *block = realloc(hidden((void *)(uintptr_t)self->by), size);
    if (block != NULL) got_by(self);
}

static void number_measured(const struct misuse *self, UNUSED size_t size) {
    (void)malloc_usable_size(hidden((void *)(uintptr_t)self->by));
    got_by(self);
}

/* Sizes of what is not a block. */
static void near_measured(const struct misuse *self, size_t size) {
    (void)malloc_usable_size(hidden(block_of(size) + self->by));
    got_by(self);
}

static void freed_measured(const struct misuse *self, size_t size) {
    char *block = block_of(size);
    free(block);
    (void)malloc_usable_size(hidden(block));
    got_by(self);
}

static void object_near_measured(const struct misuse *self, size_t size) {
    if (malloc_object_size == NULL) absent();
    (void)malloc_object_size(hidden(block_of(size) + self->by));
    got_by(self);
}

static void freed_object_measured(const struct misuse *self, size_t size) {
    if (malloc_object_size == NULL) absent();
    char *block = block_of(size);
    free(block);
    (void)malloc_object_size(hidden(block));
    got_by(self);
}

/* Writes behind all that may be used of a block. */
static void zero_behind(const struct misuse *self, size_t size) {
    char *block = block_of(size);
    hidden(block)[malloc_usable_size(block) - 1 + (size_t)self->by] = 0;
    free(block);
    got_by(self);
}

static void flip_behind(const struct misuse *self, size_t size) {
    char *block = block_of(size);
    hidden(block)[malloc_usable_size(block) - 1 + (size_t)self->by] ^= 1;
    free(block);
    got_by(self);
}

/* Freed memory, read and written; `by` is the byte that is written. */
static void contents_kept(const struct misuse *self, size_t size) {
    char *block = block_of(size);
    memset(block, 'a', 16);
    free(block);
    const volatile char *freed = hidden(block);
    for (size_t i = 0; i < size; i++) {
        if (freed[i] == 0) continue;
        got_by(self);
        return;
    }
}

static void written(const struct misuse *self, size_t size) {
    char *block = block_of(size);
    free(block);
    hidden(block)[self->by] = 'a';
    got_by(self);
}

static void written_then_reused(const struct misuse *self, size_t size) {
    char *block = block_of(size);
    free(block);
    hidden(block)[self->by] = 'a';
    for (unsigned i = 0; i < REUSES; i++) free(block_of(size));
    got_by(self);
}

static void reused_then_written(const struct misuse *self, size_t size) {
    char *block = block_of(size);
    free(block);
    (void)hidden(block_of(size));
    hidden(block)[self->by] = 'a';
    for (unsigned i = 0; size < 4096 && i < REUSES; i++) free(block_of(size));
    got_by(self);
}

static void empty_read(const struct misuse *self, size_t size) {
    (void)*(volatile char *)block_of(size);
    got_by(self);
}

static void empty_written(const struct misuse *self, size_t size) {
    *(volatile char *)block_of(size) = 5;
    got_by(self);
}

#define LARGE (256 << 10)

const struct misuse hardened_misuses[] = {
    HARDENED_CASE("small block freed twice", "double_free_small", at_once, 0, 16),
    HARDENED_CASE("large block freed twice", "double_free_large", at_once, 0, 256 << 10),
    HARDENED_CASE("small, another, small freed", "double_free_small_delayed", after_another, 0, 16),
    HARDENED_CASE("large, another, large freed", "double_free_large_delayed", after_another, 0,
                  256 << 10),
    HARDENED_CASE("small block + 1 freed", "unaligned_free_small", near_block, 1, 16),
    HARDENED_CASE("large block + 1 freed", "unaligned_free_large", near_block, 1, 256 << 10),
    HARDENED_CASE("small block + 16 KiB freed", "invalid_free_small_region", near_block, 16 << 10,
                  16),
    HARDENED_CASE("small block + 1 GiB freed", "invalid_free_small_region_far", near_block, 1 << 30,
                  16),
    HARDENED_CASE("inaccessible mapping freed", "invalid_free_protected", mapping, PROT_NONE, 16),
    HARDENED_CASE("mapping freed", "invalid_free_unprotected", mapping, PROT_READ | PROT_WRITE, 16),
    HARDENED_CASE("1 freed", "uninitialized_free", number_freed, 1, 16),
    HARDENED_CASE("1 resized", "uninitialized_realloc", number_resized, 1, 16),
    HARDENED_CASE("usable size of 1", "uninitialized_malloc_usable_size", number_measured, 1, 16),
    HARDENED_CASE("usable size of block + 1", "unaligned_malloc_usable_size_small", near_measured,
                  1, 16),
    HARDENED_CASE("usable size of block + 16 KiB", "invalid_malloc_usable_size_small",
                  near_measured, 16 << 10, 16),
    HARDENED_CASE("usable size of a freed block", "invalid_malloc_usable_size_small_quarantine",
                  freed_measured, 0, 16),
    HARDENED_CASE("object size of block + 16 KiB", "invalid_malloc_object_size_small",
                  object_near_measured, 16 << 10, 16),
    HARDENED_CASE("object size of a freed block", "invalid_malloc_object_size_small_quarantine",
                  freed_object_measured, 0, 16),
    HARDENED_CASE("byte behind a small block", "overflow_small_1_byte", flip_behind, 1, 8),
    HARDENED_CASE("8th byte behind a small block", "overflow_small_8_byte", flip_behind, 8, 8),
    HARDENED_CASE("byte behind a large block", "overflow_large_1_byte", zero_behind, 1, 256 << 10),
    HARDENED_CASE("8th byte behind a large block", "overflow_large_8_byte", zero_behind, 8,
                  256 << 10),
    HARDENED_CASE("small block read after free", "read_after_free_small", contents_kept, 0, 16),
    HARDENED_CASE("large block read after free", "read_after_free_large", contents_kept, 0,
                  256 << 10),
    HARDENED_CASE("small block written after free", "write_after_free_small", written_then_reused,
                  65, 128),
    HARDENED_CASE("small block written while reused", "write_after_free_small_reuse",
                  reused_then_written, 65, 128),
    HARDENED_CASE("large block written after free", "write_after_free_large", written, 65537,
                  256 << 10),
    HARDENED_CASE("large block written while reused", "write_after_free_large_reuse",
                  reused_then_written, 65537, 256 << 10),
    HARDENED_CASE("empty block read", "read_zero_size", empty_read, 0, 0),
    HARDENED_CASE("empty block written", "write_zero_size", empty_written, 0, 0),
    {0},
};
