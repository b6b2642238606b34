/* heap.h -- what the program allocates from.
 *
 * Idea      For each size class, a list of the slabs that have free bins; and a list of superpages
 *           with free slots, from which any class may take its next slab.
 * Source    Bonwick 1994 sec. 3; Wilson 1995 (segregated storage).
 */
#ifndef HEAP_H
#define HEAP_H

#include "superpage.h"

struct cache {
    uint32_t bin_bytes;
    uint8_t class;
    struct list slabs; /* slabs of this class with free bins, the oldest first */
};

struct heap {
    struct list open;          /* superpages with free slots                              */
    uint32_t empty_superpages; /* those with nothing but free slots                       */
    bool keeps_empty;          /* a slab on a cache's list may be without a used bin        */
    struct cache caches[CLASS_COUNT];
};

/** Make a heap usable. Its memory reads as zero. */
void heap_init(struct heap *heap);

/** Take the lowest free bin of the cache's first slab. *zero: whether it reads as zero. NULL: the
 *  OS has no memory. */
void *heap_take(struct heap *heap, struct cache *cache, bool *zero);

/** Set a bin's bit in the free map of its slab. */
void heap_put(struct heap *heap, struct slab *slab, void *bin);

/** Give up the slots of slabs without a used bin. Returns whether there were any. */
bool heap_retire_empty(struct heap *heap);

#endif
