/* pool.h -- empty superpages, for whoever needs one.
 *
 * Idea      Lock-free stacks: superpages that still have their physical memory, one stack for each
 *           of the last three epochs in which they came (decay.h), and superpages that were purged.
 *           A superpage is never unmapped, since strangers may still set a notice in its header.
 * Epochs    A new epoch turns the stacks' parts: the young one is old, the old one is due. Nothing
 *           is moved, so a thread that is late pushes a superpage where it is purged too early or
 *           too late, and no more than that.
 * Progress  lock-free, OS-bound when it purges or maps.
 */
#ifndef POOL_H
#define POOL_H

#include "superpage.h"

/** Give an empty superpage to the pool. */
void pool_put(struct superpage *superpage);

/** An empty superpage, of the pool or new; the caller sets its owner. NULL: no memory. */
struct superpage *pool_take(void);

/** How often the pool had to ask the OS. A heap that sees this change gives back what it can. */
uint32_t pool_shortages(void);

/** Superpages in the pool, counted one by one; one that cannot be there ends in a message. Only while
 *  no other thread is inside the allocator. */
size_t pool_count(void);

/** Purge some of what is due. Returns whether nothing is due any more. */
bool pool_decay(void);

/** Somebody maps memory: purge as much of what is idle here, within the bounds of a step. */
void pool_make_room(size_t bytes);

/** Purge every superpage in the pool. */
void pool_purge(void);

#endif
