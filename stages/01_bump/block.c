/* block.c -- blocks one behind the other. */
#include "block.h"

#include "bits.h"
#include "config.h"
#include "misuse.h"
#include "region.h"
#include "thread.h"

struct header {
    size_t bytes; /* of the block that follows */
};

static struct header *header_of(const void *block) {
    return (struct header *)((char *)block - BLOCK_ALIGN_BYTES);
}

void *block_alloc(size_t size, size_t align) {
    thread_check();
    if (size > REQUEST_MAX_BYTES || align > REQUEST_MAX_BYTES - size) return NULL;
    size = round_up(size != 0 ? size : 1, BLOCK_ALIGN_BYTES);
    if (align < BLOCK_ALIGN_BYTES) align = BLOCK_ALIGN_BYTES;
    /* The block is aligned, and its header is in front of it. */
    void *block = region_take(size, align, BLOCK_ALIGN_BYTES);
    if (block != NULL) header_of(block)->bytes = size;
    return block;
}

size_t block_usable(const void *block, const char *function) {
    thread_check();
    if (!region_has(block) || (uintptr_t)block % BLOCK_ALIGN_BYTES != 0)
        misuse(function, block, "not a block of ours");
    return header_of(block)->bytes;
}

bool block_resize(void *block, size_t size) {
    struct header *header = header_of(block);
    size = round_up(size, BLOCK_ALIGN_BYTES);
    if (!region_resize_last((char *)block + header->bytes, (char *)block + size)) return false;
    header->bytes = size;
    return true;
}
