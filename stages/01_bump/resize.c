/* resize.c -- realloc: in place if the block is the last one, or by moving. */
#include "bitslab.h"
#include "block.h"
#include "config.h"

void *bitslab_realloc(void *block, size_t size) {
    if (block == NULL) return bitslab_malloc(size);
    if (size == 0) size = 1;
    size_t usable = block_usable(block, "realloc");
    if (size <= usable) return block;
    if (size <= REQUEST_MAX_BYTES && block_grow(block, size)) return block;
    void *moved = bitslab_malloc(size);
    if (moved == NULL) return NULL;
    __builtin_memcpy(moved, block, usable);
    bitslab_free(block);
    return moved;
}

size_t bitslab_usable_size(const void *block) {
    return block != NULL ? block_usable(block, "usable_size") : 0;
}
