/* supply.h -- where a heap gets its slots from, and where they go back to. */
#ifndef SUPPLY_H
#define SUPPLY_H

#include "heap.h"

/** Make a superpage the heap's. Its owner field is the caller's to set, before. */
void heap_link(struct heap *heap, struct superpage *superpage);

/** Take a superpage from the heap's lists. */
void heap_unlink(struct heap *heap, struct superpage *superpage);

/** Take a run of free slots from the heap's superpages. NULL: none has such a run. */
struct superpage *heap_take_slots(struct heap *heap, unsigned count, unsigned *first, bool *zero);

/** Give slots back. A superpage that is then empty may go to the pool. */
void heap_release_slots(struct heap *heap, struct superpage *superpage, unsigned first,
                        unsigned count);

#define FETCHED UINT32_MAX /* value of tries: the last way has been gone */

/** How many orphans to adopt in search of a run of slots: the longer it is, the rarer. */
static inline unsigned adopt_tries(unsigned slots) {
    if (slots > (SLOT_COUNT - 1) / 2) return 0; /* it would have to be nearly empty */
    return slots < ADOPT_TRIES ? ADOPT_TRIES / slots : 1;
}

/** Get more free slots than the heap has: remote frees, its own empty slabs, an orphan while tries
 *  last, at last a superpage of the pool or of the OS, once. False: the OS has no memory. */
bool heap_grow(struct heap *heap, unsigned *tries);

/** Now and then: give back what is due (decay.h), in a few of the heap's own superpages, too. */
void heap_decay(struct heap *heap);

#endif
