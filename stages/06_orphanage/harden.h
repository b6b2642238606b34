/* harden.h -- what a checked build does to each bin that comes and goes.
 *
 * Problem   A program writes behind its block, or into a block that it gave back, and something
 *           else breaks an hour later.
 * Canary    Behind the bytes asked for, up to the end of the bin, stand bytes that only we know; the
 *           last eight say how many they are. They are looked at when the block comes back, and so
 *           are the neighbours, and, at each refill, the blocks handed out last.
 * Zero      A bin that comes back is zeroed. One that is handed out must still read as zero.
 * Quarantine  A bin that comes back changes places with another one that came back before, so that
 *           nobody gets it at once.
 * Random    Which bin of a word is handed out next cannot be foreseen (heap.h, cache_pop).
 * Guards    Slots that nobody uses, and what lies before and behind large blocks, allow no access
 *           (superpage.c, huge.c).
 * Each is switched by itself (config.h). In a build without them these calls vanish.
 * Threads   Only a slab's owner looks at a neighbour: strangers who free it zero its last word last,
 *           and nobody but the owner hands it out.
 * Source    Novark 2010 (random places, canaries); hardened_malloc 2018 (the whole catalogue).
 */
#ifndef HARDEN_H
#define HARDEN_H

#include "memory_tools.h"
#include "thread.h"

#define CANARY_BYTES (BITSLAB_CANARY ? sizeof(uint64_t) : RED_ZONE_BYTES)

/** Bytes that a request takes: those asked for, and a canary, or what a tool watches in its place.
 *  A block of size 0 has none. */
static inline size_t with_canary(size_t size) { return size == 0 ? 0 : size + CANARY_BYTES; }

/** Bytes of a live bin that its user may touch. */
size_t harden_usable(const struct slab *slab, const void *bin);

/** A bin is about to be handed out. */
void harden_handed_out(struct heap *heap, void *bin, size_t size);

/** A live bin comes back: look at it and its neighbours, and zero it. */
void harden_came_back(struct heap *heap, struct slab *slab, void *bin);

/** Put a bin into quarantine. Returns the one that leaves it; NULL: none. */
void *harden_swap(struct heap *heap, void *bin);

/** Whether the bin waits in the heap's quarantine. */
bool harden_holds(const struct heap *heap, const void *bin);

/** Bins leave the quarantine one by one; NULL: it is empty. */
void *harden_release(struct heap *heap);

/** Look at so many of the blocks that were handed out last, and at the bin that came back last. */
void harden_look_around(struct heap *heap, unsigned count);

static inline void handed_out_by(struct heap *heap, void *block, size_t size) {
    if (BITSLAB_HARDENED) harden_handed_out(heap, block, size);
}

static inline void handed_out(void *block, size_t size) {
    handed_out_by(this_thread.heap, block, size);
}

#endif
