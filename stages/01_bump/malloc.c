/* malloc.c -- allocating and freeing. */
#include "bitslab.h"
#include "bits.h"
#include "block.h"
#include "os.h"
#include "stats.h"

void *bitslab_malloc(size_t size) {
    count_malloc();
    void *block = block_alloc(size, BLOCK_ALIGN_BYTES);
    if (block == NULL) os_set_error(OS_NO_MEMORY);
    return block;
}

void bitslab_free(void *block) {
    count_free(block);
    /* Nothing comes back: the region's end can only move up. */
    if (block != NULL) (void)block_usable(block, "free");
}

void *bitslab_calloc(size_t count, size_t size) {
    size_t bytes;
    if (unlikely(__builtin_mul_overflow(count, size, &bytes))) {
        os_set_error(OS_NO_MEMORY);
        return NULL;
    }
    /* The region reads as zero, and no block is used twice. */
    return bitslab_malloc(bytes);
}
