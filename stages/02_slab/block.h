/* block.h -- from a pointer to its block. */
#ifndef BLOCK_H
#define BLOCK_H

#include "heap.h"

/** The header of a live block's slab; anything else ends in a message that names the
 *  function. */
struct slab *block_slab(const void *block, const char *function);

/** Bytes of a block that may be used. */
static inline size_t block_usable(const struct slab *slab) {
    return slab->kind == SLAB_BINS ? slab->bin_bytes : slab->block_bytes;
}

/** Allocate a block of any size and alignment. *zero: whether the block reads as zero. NULL if the
 *  region is used up; errno is the caller's to set. */
void *block_alloc(size_t size, size_t align, bool *zero);

/** Free a block of any kind. */
void block_free(struct heap *heap, void *block);

#endif
