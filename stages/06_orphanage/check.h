/* check.h -- is every bin in exactly one place?
 *
 * Idea      The invariants of the headers (I1 to I8), made executable: one walk that counts, and
 *           ends in a message that names the invariant if anything does not add up. What belongs
 *           to one heap may be checked by its thread at any time; everything together only while
 *           no other thread is inside the allocator (survey.c).
 * Progress  check: wait-free. It reads what the heap owns and, of others, nothing but remote maps.
 * Source    jemalloc and SQLite walk theirs alike; see also snmalloc's invariant().
 */
#ifndef CHECK_H
#define CHECK_H

#include "thread.h"

/** Where the bins of a slab, or of many, are. Bins that neither wait anywhere nor are free are
 *  live, or held back by some other heap. */
struct tally {
    size_t bins;
    size_t free;   /* in free maps                                         */
    size_t remote; /* in remote maps                                       */
    size_t held;   /* in magazines, cursors, and told to no owner yet      */
};

/** Check everything that the heap owns. */
void heap_check(struct heap *heap);

/** The same for this thread's heap, at every BITSLAB_CHECK_EVERY-th call, the first included. */
static inline void check_at_times(void) {
    if (BITSLAB_CHECK_EVERY == 0 || this_thread.heap == &empty_heap) return;
    if (unlikely(this_thread.heap->calls_left-- == 0)) {
        this_thread.heap->calls_left = BITSLAB_CHECK_EVERY - 1;
        heap_check(this_thread.heap);
    }
}

/** Bins of one word of a slab's maps that wait in a heap's caches or are held back by it. A bin
 *  that waits there twice ends in a message. */
uint64_t heap_holds(const struct heap *heap, const struct slab *slab, unsigned word);

/** The same of one heap, or of all. only: NULL: all. */
uint64_t heaps_hold(const struct slab *slab, unsigned word, struct heap *only);

/** Count and check the bins of a slab. only: the heap whose held bins are looked for; NULL: all. */
struct tally slab_tally(const struct slab *slab, struct heap *only);

/** Check the slots, and the slabs' maps, of a superpage. only: as above. */
void superpage_check(struct superpage *superpage, struct heap *only);

#endif
