/* block.h -- a block and the size that is kept in front of it.
 *
 * Problem   free and realloc get a pointer and nothing else.
 * Idea      16 bytes in front of each block hold its size. That doubles the cost of the smallest
 *           blocks (stage 2 finds a way without).
 * Source    Wilson 1995 (headers).
 */
#ifndef BLOCK_H
#define BLOCK_H

#include "config.h"
#include "misuse.h"
#include "region.h"
#include "thread.h"

struct header {
    size_t bytes; /* of the block that follows */
};

static inline struct header *header_of(const void *block) {
    return (struct header *)((char *)block - BLOCK_ALIGN_BYTES);
}

/** Allocate a block of any size, at a multiple of align, 16 or more; it reads as zero. NULL if the
 *  region is used up; errno is the caller's to set. */
static inline void *block_alloc(size_t size, size_t align) {
    thread_check();
    if (unlikely(size > REQUEST_MAX_BYTES || align > REQUEST_MAX_BYTES)) return NULL;
    size = round_up(size + (size == 0), BLOCK_ALIGN_BYTES);
    /* The block is aligned, and its header is in front of it. */
    void *block = region_take(size, align, BLOCK_ALIGN_BYTES);
    if (block != NULL) header_of(block)->bytes = size;
    return block;
}

/** Bytes of a live block that may be used; anything else ends in a message that names the
 *  function. */
static inline size_t block_usable(const void *block, const char *function) {
    thread_check();
    if (unlikely(!region_has(block) || (uintptr_t)block % BLOCK_ALIGN_BYTES != 0))
        misuse(function, block, "not a block of ours");
    return header_of(block)->bytes;
}

/** Grow the last block of the region where it is. False: it is not the last, or there is no room. */
bool block_grow(void *block, size_t size);

#endif
