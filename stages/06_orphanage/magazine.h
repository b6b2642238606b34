/* magazine.h -- magazines that grow with what comes back.
 *
 * Problem   A thread that frees a thousand bins and then asks for a thousand has no use for a
 *           magazine of a few: the others go through the maps, and large ones take their slab along.
 * Idea      A magazine that ran over, and then ran out, may hold four times as many from then on.
 * Window    Of a large magazine the cache sees a part, which is moved up when it is full and down
 *           when it is empty. So the slow path, with all that is done on the way (decay.h), is still
 *           taken: for small bins as often as before, for large ones at each WINDOW_LEAST of them.
 * Bound     The magazines of a heap may hold GROWN_MAGAZINES_BYTES more than at first, and take the
 *           places of GROWN_PLACES_BYTES. Classes that had no refill of the last IDLE_REFILLS make
 *           room for others. What waits in magazines is given back before the heap fetches a
 *           superpage that it could make up for, and at each epoch (decay.h), when they begin anew.
 * Source    Bonwick 2001 sec. 3 (magazines, resized where they are in demand).
 */
#ifndef MAGAZINE_H
#define MAGAZINE_H

#include "heap.h"

/** Bytes from a heap to the end of its magazines of first size. */
size_t magazines_end(void);

/** Bytes before a heap, in its mapping, for magazines that grow. A multiple of SLAB_BYTES. */
size_t magazines_before(void);

/** Forbid access to the places before the heap: to the first page for ever, to the others until the
 *  first magazine grows. What overflows must not end there. */
void magazines_close(struct heap *heap);

/** Make a cache's magazine, empty and small. */
void magazine_init(struct heap *heap, struct cache *cache);

/** An empty magazine that took none is to take bins. */
void magazine_hold_bins(struct heap *heap, struct cache *cache);

/** An empty magazine is to take no bins. */
void magazine_hold_none(struct heap *heap, struct cache *cache);

/** The cache has no bin left: show it others. False: there are none. */
bool magazine_slide_down(struct heap *heap, struct cache *cache);

/** The cache has no room left, and the magazine goes on: show it other places. */
void magazine_slide_up(struct heap *heap, struct cache *cache);

/** Let an empty magazine hold more, if that is allowed. */
void magazine_grow(struct heap *heap, struct cache *cache);

/** Give back all that waits in a cache's magazine, which then begins anew. */
void magazine_empty(struct heap *heap, struct cache *cache);

/** Give back what waits in magazines that have grown, if it may make up for a slab. Returns whether
 *  there was so much. */
bool magazines_give_back(struct heap *heap);

/** Empty those that have grown, which then begin anew. */
void magazines_shrink(struct heap *heap);

/** Where a cache's magazine begins; what waits in it ends at cache->top. */
static inline void **magazine_start(const struct heap *heap, const struct cache *cache) {
    return heap->magazines_at[cache - heap->caches].start;
}

#endif
