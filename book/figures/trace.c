/* trace.c -- one stage under a trace of calls, and the memory that it holds.
 *
 * Stages: 1-6
 * Flags: -DMEMORY_BYTES=((size_t)24<<20)
 */
#include "figure.h"

#include "bitslab.h"

#define PAGE_BYTES 4096
#define MARK 0xa5

/** Allocate, and fill; where the block lies. */
EXPORT uint32_t take(uint32_t size, uint32_t unused) {
    (void)unused;
    void *block = bitslab_malloc(size);
    /* A bin has 16 bytes at least, so that even the smallest block bears a whole mark. */
    if (block != NULL && size != 0) __builtin_memset(block, MARK, size < 8 ? 8 : size);
    return place(block);
}

/** Free the block that lies there. */
EXPORT uint32_t give(uint32_t at, uint32_t unused) {
    (void)unused;
    bitslab_free(at_place(at));
    return 0;
}

static uint32_t is_marked(const uint64_t *page) {
    for (unsigned i = 0; i < PAGE_BYTES / sizeof *page; i++)
        if (page[i] == 0x0101010101010101u * MARK) return 1;
    return 0;
}

/** Pages of 4 KiB that blocks were written to and that were not given back. What an OS would call
 *  resident, but for the stage's own book-keeping, which is larger where pointers are. */
EXPORT uint32_t resident_pages(uint32_t unused, uint32_t unused_too) {
    (void)unused, (void)unused_too;
    uint32_t pages = 0;
    for (uint32_t at = 0; at < MEMORY_BYTES; at += PAGE_BYTES) pages += is_marked(at_place(at));
    return pages;
}
