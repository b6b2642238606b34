/* wide.h -- blocks of several whole slots of one superpage, above the largest bin.
 *
 * Idea      A run of free slots, first fit. The run grows and shrinks in place while the slots
 *           behind it are free. Only the first slot has a header; the others keep kind SLAB_FREE.
 * Kept      A block that its heap's thread frees waits, as bins do in magazines, for the next request
 *           of as many slots: nothing but bin_count, which is 0, tells it from one in use. What is kept
 *           is given back before the heap fetches a superpage, and at each epoch (decay.h).
 * Source    Kamp 1998 (runs of pages); Evans 2006 (page runs).
 */
#ifndef WIDE_H
#define WIDE_H

#include "heap.h"

#define WIDE_MAX_BYTES ((SLOT_COUNT - 1) * SLAB_BYTES)

/** The slots that a block of `size` bytes takes. */
static inline unsigned slots_for(size_t size) {
    return (unsigned)((size + SLAB_BYTES - 1) / SLAB_BYTES);
}

/** Allocate a run for `size` bytes, BIN_MAX_BYTES < size <= WIDE_MAX_BYTES. *zero: whether it
 *  reads as zero. NULL if the OS has no memory. */
void *wide_alloc(struct heap *heap, size_t size, bool *zero);

/** A kept block for `size` bytes, any size above BIN_MAX_BYTES; NULL: there is none, and wide_alloc
 *  may find memory. */
static inline void *wide_pop(struct heap *heap, size_t size) {
    if (size > WIDE_MAX_BYTES) return NULL;
    unsigned slots = slots_for(size);
    struct slab *slab = heap->kept_wide[slots];
    if (slab == NULL) return NULL;
    heap->kept_wide[slots] = slab->next_kept;
    heap->kept_wide_slots -= slots;
    slab->bin_count = 1;
    return (void *)slab_start(slab);
}

/** Keep a block in a superpage that the heap owns, for the next of its size. False: it keeps enough. */
static inline bool wide_push(struct heap *heap, struct slab *slab) {
    if (BITSLAB_CHECKED || BITSLAB_HARDENED || heap->sealed) return false;
    if (heap->kept_wide_slots + slab->slots > KEPT_WIDE_SLOTS) return false;
    slab->bin_count = 0;
    slab->next_kept = heap->kept_wide[slab->slots];
    heap->kept_wide[slab->slots] = slab;
    heap->kept_wide_slots += slab->slots;
    return true;
}

/** Free all that the heap keeps. Returns whether there was anything. */
bool wide_give_back(struct heap *heap);

/** Free a run in a superpage that the heap owns. */
void wide_free(struct heap *heap, struct slab *slab);

/** Resize in place, in a superpage that the heap owns. False: not possible, nothing changed. */
bool wide_resize(struct heap *heap, struct slab *slab, size_t size);

#endif
