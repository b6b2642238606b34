/* heap.h -- what the program allocates from.
 *
 * Idea      For each size class, a list of the slabs that have free bins.
 * Source    Bonwick 1994 sec. 3; Wilson 1995 (segregated storage).
 */
#ifndef HEAP_H
#define HEAP_H

#include "slab.h"

struct cache {
    uint32_t bin_bytes;
    uint8_t class;
    struct list slabs; /* slabs of this class with free bins, the oldest first */
};

struct heap {
    struct cache caches[CLASS_COUNT];
};

/** Make a heap usable. Its memory reads as zero. */
void heap_init(struct heap *heap);

/** Take the lowest free bin of the cache's first slab. *zero: whether it reads as zero. NULL: the
 *  region is used up. */
void *heap_take(struct heap *heap, struct cache *cache, bool *zero);

/** Set a bin's bit in the free map of its slab. */
void heap_put(struct heap *heap, struct slab *slab, void *bin);

#endif
