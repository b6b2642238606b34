/* pool.h -- empty superpages, for whoever needs one.
 *
 * Idea      Two lock-free stacks: superpages that still have their physical memory, up to a few,
 *           and superpages that were purged. A superpage is never unmapped, since strangers may
 *           still set a notice in its header.
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

/** Purge every superpage in the pool. Returns whether there was any memory to give back. */
bool pool_purge(void);

#endif
