/* supply.h -- where a heap gets its slots from, and where they go back to. */
#ifndef SUPPLY_H
#define SUPPLY_H

#include "heap.h"

/** Make a superpage the heap's. */
void heap_link(struct heap *heap, struct superpage *superpage);

/** Take a run of free slots from the heap's superpages. NULL: none has such a run. */
struct superpage *heap_take_slots(struct heap *heap, unsigned count, unsigned *first, bool *zero);

/** Give slots back. A superpage that is then empty may be purged. */
void heap_release_slots(struct heap *heap, struct superpage *superpage, unsigned first,
                        unsigned count);

/** Get more free slots than the heap has: its own empty slabs, or a superpage of the OS. False: the
 *  OS has no memory. */
bool heap_grow(struct heap *heap);

#endif
