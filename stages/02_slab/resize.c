/* resize.c -- realloc: in the same bin, or by moving. */
#include "bitslab.h"
#include "block.h"
#include "thread.h"

/* The size fits the block, and another one would not suit it better: it is of the same class, or
 * less than a quarter is wasted. */
static bool fits(const struct slab *slab, size_t size) {
    size_t usable = block_usable(slab);
    if (size > usable) return false;
    if (slab->kind == SLAB_BINS && class_of(size) == slab->class) return true;
    if (slab->kind == SLAB_WIDE && size > BIN_MAX_BYTES && usable - size < SLAB_BYTES) return true;
    return size >= usable - usable / 4;
}

void *bitslab_realloc(void *block, size_t size) {
    if (block == NULL) return bitslab_malloc(size);
    if (size == 0) size = 1;
    (void)thread_heap();
    struct slab *slab = block_slab(block, "realloc");
    size_t usable = block_usable(slab);
    if (fits(slab, size)) return block;
    void *moved = bitslab_malloc(size);
    if (moved == NULL) return NULL;
    __builtin_memcpy(moved, block, usable < size ? usable : size);
    bitslab_free(block);
    return moved;
}

size_t bitslab_usable_size(const void *block) {
    (void)thread_heap();
    return block != NULL ? block_usable(block_slab(block, "usable_size")) : 0;
}
