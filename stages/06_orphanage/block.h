/* block.h -- from a pointer to its block, for every path that is not the fastest. */
#ifndef BLOCK_H
#define BLOCK_H

#include "harden.h"

/** The header of a live block's first slot; anything else ends in a message that names the
 *  function. Wait-free. */
struct slab *block_slab(const void *block, const char *function);

/** Bytes of a block that may be used. */
static inline size_t block_usable(const struct slab *slab) {
    if (slab->kind != SLAB_BINS) return slab->block_bytes;
    return slab->class == CLASS_ZERO ? 0 : slab->bin_bytes;
}

/** The same for one block: where canaries stand, all that was asked for and no more. */
static inline size_t block_usable_at(const struct slab *slab, const void *block) {
    bool exact = BITSLAB_CANARY && slab->kind == SLAB_BINS;
    size_t bytes = exact ? harden_usable(slab, block) : block_usable(slab);
    return bytes == 0 ? 0 : bytes - RED_ZONE_BYTES;
}

/** Allocate by the path for any size and alignment. *zero: whether the block reads as zero. NULL
 *  if the OS has no memory; errno is the caller's to set. */
void *block_alloc(size_t size, size_t align, bool *zero);

/** Allocate from a certain heap, whose superpages it needs. NULL as above. */
void *block_alloc_in(struct heap *heap, size_t size, size_t align, bool *zero);

/** Free a block that is not a bin of this thread's, or not certainly one. */
void block_free(struct heap *heap, void *block);

/** The same, where the header of the block's slot would be, if it is one of ours: not in slot 0. Not in
 *  checked builds. */
void block_free_at(struct heap *heap, struct slab *slab, void *block);

/** Free a wide block that a heap kept, whoever owns its superpage by now. */
void block_give_back_wide(struct heap *heap, void *block);

/** Free a bin without keeping it in a cache: a heap that leaves hands everything back. */
void block_give_back(struct heap *heap, void *bin);

#endif
