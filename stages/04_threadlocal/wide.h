/* wide.h -- blocks of several whole slots of one superpage, above the largest bin.
 *
 * Idea      A run of free slots, first fit. The run grows and shrinks in place while the slots
 *           behind it are free. Only the first slot has a header; the others keep kind SLAB_FREE.
 * Source    Kamp 1998 (runs of pages); Evans 2006 (page runs).
 */
#ifndef WIDE_H
#define WIDE_H

#include "heap.h"

#define WIDE_MAX_BYTES ((SLOT_COUNT - 1) * SLAB_BYTES)

/** Allocate a run for `size` bytes, BIN_MAX_BYTES < size <= WIDE_MAX_BYTES. *zero: whether it
 *  reads as zero. NULL if the OS has no memory. */
void *wide_alloc(struct heap *heap, size_t size, bool *zero);

/** Free a run in a superpage that the heap owns. */
void wide_free(struct heap *heap, struct slab *slab);

/** Resize in place, in a superpage that the heap owns. False: not possible, nothing changed. */
bool wide_resize(struct heap *heap, struct slab *slab, size_t size);

#endif
