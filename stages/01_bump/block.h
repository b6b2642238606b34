/* block.h -- a block and the size that is kept in front of it.
 *
 * Problem   free and realloc get a pointer and nothing else.
 * Idea      16 bytes in front of each block hold its size. That doubles the cost of the smallest
 *           blocks (stage 2 finds a way without).
 * Source    Wilson 1995 (headers).
 */
#ifndef BLOCK_H
#define BLOCK_H

#include <stdbool.h>
#include <stddef.h>

/** Allocate a block of any size and alignment; it reads as zero. NULL if the region is used up;
 *  errno is the caller's to set. */
void *block_alloc(size_t size, size_t align);

/** Bytes of a live block that may be used; anything else ends in a message that names the
 *  function. */
size_t block_usable(const void *block, const char *function);

/** Grow or shrink the last block of the region where it is. False: it is not the last, or there
 *  is no room. */
bool block_resize(void *block, size_t size);

#endif
