/* stale_blocks.c -- freed memory: who gets it next, what it holds, and writes to it. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "misuse.h"

static bool reads_as_zero(const char *memory, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (((const volatile char *)memory)[i] != 0) return false;
    return true;
}

/* Handed out again at once, to a request of the same size or of a part of it. */
static void reused(const struct misuse *self, size_t size) {
    char *block = block_of(size);
    char *before = block;
    free(block);
    block = block_of(size / (size_t)self->by);
    if (block == before) got_by(self);
}

/* The program there drops realloc's result and compares the old pointer with itself, so that it
 * prints its mark whenever realloc returns. Ours does likewise, or figures would not compare. */
static void realloc_returns(const struct misuse *self, UNUSED size_t size) {
    char *moved = realloc(hidden(block_of(8)), (size_t)self->by);
    (void)hidden(moved);
    got_by(self);
}

static void not_cleared(const struct misuse *self, size_t size) {
    char *block = block_of(size);
    memset(block, 'A', size);
    free(block);
    if (!reads_as_zero(hidden(block), size)) got_by(self);
}

/* Secrets of many freed blocks must not show in a new one. There, 4096 blocks of any size are
 * filled; that is 1 GiB of the largest, which takes most of the second that it may last. Ours stop
 * at 64 MiB. */
static void new_not_cleared(const struct misuse *self, size_t size) {
    static char *blocks[4096];
    size_t count = (64 << 20) / size;
    if (count > (size_t)self->by) count = (size_t)self->by;
    for (size_t i = 0; i < count; i++) {
        blocks[i] = block_of(size);
        memset(blocks[i], 'A', size);
    }
    for (size_t i = 0; i < count; i++) free(blocks[i]);
    if (!reads_as_zero(block_of(size), size)) got_by(self);
}

/* Written to after it was freed. If it is handed out again afterwards, or leaves a quarantine,
 * there is time to notice. */
static void written(const struct misuse *self, size_t size) {
    char *block = block_of(size);
    free(block);
    memset(hidden(block), 'A', size);
    for (ptrdiff_t i = 0; i < self->by; i++) free(block_of(size));
    got_by(self);
}

const struct misuse stale_blocks[] = {
    SIZED_CASE("handed out again at once", "malloc_reuse", reused, 1),
    SIZED_CASE("handed out again for half the size", "malloc_reuse_downsize", reused, 2),
    THRICE_CASE("realloc moves a block", "realloc_reuse", realloc_returns, 1024),
    SIZED_CASE("freed memory keeps its contents", "zero_after_free", not_cleared, 0),
    SIZED_CASE("a new block has old contents", "zero_on_malloc", new_not_cleared, 4096),
    SIZED_CASE("written after free", "write_after_free", written, 0),
    SIZED_CASE("written after free, others come and go", "write_after_free_reuse", written,
               256 << 10),
    {0},
};
