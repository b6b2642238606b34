/* first_class.h -- heaps that a program makes, and destroys with all that is in them.
 *
 * Problem   A request, a document, a level of a game: thousands of blocks that end together, and
 *           each must be freed by itself; or memory that must come from a certain place.
 * Idea      A heap without a thread. Whoever makes it allocates from it, one thread at a time; any
 *           thread may free; destroying it gives its superpages to the pool as they are.
 * Sealed    That is possible because nothing leaks in or out: it adopts no orphan, lets go of no
 *           superpage before its end, and no other heap keeps one of its bins, neither in a
 *           magazine nor in quarantine nor to be told later. Its bins come back by the remote map.
 * Bounded   Over memory of the caller's the heap gets all of its superpages at once, and no more.
 * Huge      Blocks with a mapping of their own stand in the heap's tickets: words that whoever
 *           frees the block clears.
 * Handle    A program holds the heap's address and, in the low 16 bits that are zero in it, the
 *           number of times that it was in use before; a handle of a heap that was destroyed is
 *           told from that of its successor.
 * Progress  as malloc and free. destroy: wait-free but for the pool's stack, in proportion to the
 *           superpages.
 * Source    Hanson 1990 (arenas: freeing by lifetime); Berger 2002 (reaps: regions with free).
 */
#ifndef FIRST_CLASS_H
#define FIRST_CLASS_H

#include "heap.h"

/** Where a heap knows its huge blocks from: a list of small tables, in bins of its own. */
#define TICKET_COUNT 62

struct tickets {
    struct tickets *next;
    uint64_t unused;                        /* keeps the table a bin of 512 bytes */
    _Atomic uintptr_t blocks[TICKET_COUNT]; /* 0: free, also cleared by any thread */
};

/** Superpages of a bounded heap are not the OS's gift: surveys leave them out. */
static inline bool superpage_lent(const struct superpage *superpage) {
    struct heap *owner = atom_load(&superpage->owner, relaxed);
    return owner != OWNER_POOL && owner != OWNER_NOBODY && owner->bounded;
}

#endif
