/* block.c -- the last block can grow. */
#include "block.h"

bool block_grow(void *block, size_t size) {
    struct header *header = header_of(block);
    size = round_up(size, BLOCK_ALIGN_BYTES);
    if (!region_grow_last((char *)block + header->bytes, (char *)block + size)) return false;
    header->bytes = size;
    return true;
}
