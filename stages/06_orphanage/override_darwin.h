/* override_darwin.h -- what the names and the zone share (override_darwin.c, override_darwin_zone.c). */
#ifndef OVERRIDE_DARWIN_H
#define OVERRIDE_DARWIN_H

#include <stdbool.h>
#include <stddef.h>

/** Whether an address lies where blocks of ours do. Never faults. Wait-free. */
bool zone_owns(const void *address);

/** Bytes of a block of ours that may be used; 0 if none begins there. Never faults. Wait-free. */
size_t zone_block_bytes(const void *block);

/** Bytes that a block for a request may use. */
size_t zone_good_bytes(size_t size);

/** malloc and calloc of libSystem: of no bytes they give a block of some. */
void *zone_malloc_block(size_t size);
void *zone_calloc_block(size_t count, size_t size);

/** free and realloc of any malloc's block: what is not ours goes to libSystem. */
void zone_free_block(void *block);
void *zone_realloc_block(void *block, size_t size);

#endif
