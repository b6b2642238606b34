/* remote_free.h -- bins freed by a thread that does not own their slab.
 *
 * Problem   A slab has one owner. If strangers touched its free map, every malloc would need an
 *           atomic operation.
 * Idea      Strangers set bits in a second map, and then, so that the owner need not search, the
 *           slot's bit in the superpage's notice. The owner takes the notice, then whole words.
 * Order     The bit first, the notice after it: a freer that is frozen in between hides its own
 *           bin and nobody else's.
 * I7        A bit in a remote map is followed by a notice, or its owner is about to take it: no free
 *           is lost, whoever owns the superpage by then.
 * Combining A thread holds bits of one word back and sets them by one atomic operation. What it
 *           may hold is bounded (COMBINE_COUNT words, COMBINE_BYTES each). It is told when a word
 *           is complete or not added to any more, when the thread's own caches need a refill, and
 *           when it ends. A thread that only frees gets a heap for that.
 * Progress  free: wait-free (one atomic OR of each word, results unused: x86 has no loop for it),
 *           but for the first one of a thread without a heap, which gets it: lock-free.
 *           collect: wait-free, bounded by the words of 31 slabs. On ARMv8.0 each OR and swap is a
 *           loop of an exclusive load and store, so both are lock-free only; compiled with outlined
 *           atomics (the default of gcc and clang) they are wait-free on processors with ARMv8.1.
 * Source    Schneider 2006 sec. 4; Michael 2004 sec. 3; Leijen 2019 sec. 2.4.
 */
#ifndef REMOTE_FREE_H
#define REMOTE_FREE_H

#include "heap.h"

/** The entry in which bins of this word are held back, if they are. */
static inline struct pending *remote_entry(struct heap *heap, const struct slab *slab,
                                           unsigned word) {
    /* Neighbours in memory don't share an entry. */
    size_t number = ((uintptr_t)slab >> SLOT_HEADER_SHIFT) * slab->words + word;
    return &heap->pending[number % COMBINE_COUNT];
}

/** Whether they are. */
static inline bool remote_holds(const struct pending *entry, const struct slab *slab,
                                unsigned word) {
    return entry->slab == slab && entry->word == word;
}

/** Give bins of one word back, to this heap's slab or to its owner. */
void remote_give(struct heap *heap, struct slab *slab, unsigned word, uint64_t bins);

/** Tell the owner of what is held back in an entry. */
void remote_tell(struct heap *heap, struct pending *entry);

/** Whether this bin of the word is among them. */
static inline bool remote_holds_bin(const struct pending *entry, unsigned index) {
    return entry->bins >> index % WORD_BINS & 1;
}

/** Hold another bin of the same word back. */
static inline void remote_hold(struct heap *heap, struct pending *entry, unsigned index) {
    entry->bins |= (uint64_t)1 << index % WORD_BINS;
    if (unlikely(--entry->left == 0)) remote_tell(heap, entry);
}

/** Free a block of a slab that this thread does not own. heap: this thread's, or &empty_heap. */
void remote_free(struct heap *heap, struct slab *slab, unsigned index);

/** Tell the owners of everything that the heap's thread held back. */
void remote_flush(struct heap *heap);

/** All of the slab's bins are free, so what still comes to its remote map was freed twice; it must
 *  not pass for a free of what lies there next. */
void remote_expect_none(const struct slab *slab);

/** Look at so many of the heap's superpages, round robin, and collect what is announced there.
 *  Returns whether there was anything. */
bool heap_collect(struct heap *heap, unsigned looks);

/** Collect what is announced in any of the heap's superpages. */
void heap_collect_all(struct heap *heap);

/** Collect what is announced in one superpage of the heap. Returns whether there was anything. */
bool superpage_collect(struct heap *heap, struct superpage *superpage);

#endif
