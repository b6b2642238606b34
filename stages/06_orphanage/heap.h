/* heap.h -- what one thread allocates from.
 *
 * Problem   A heap that threads share needs a lock, or an atomic operation for every call.
 * Idea      A heap per thread. Only its thread reads or writes it, so the fast paths are plain
 *           loads and stores. Strangers reach a slab's remote map and nothing else (remote_free.h).
 * Cache     For each size class: a magazine of bins freed a moment ago (still warm), then the
 *           cursor, one word of a slab's free map taken whole, then the slabs with free bins.
 *           None of these ever reads or writes the bin itself.
 * Life      A heap is never unmapped: whoever looks at one late still finds a heap.
 * Source    Berger 2000 (heaps without false sharing); Bonwick 2001 sec. 3 (magazines).
 */
#ifndef HEAP_H
#define HEAP_H

#include "superpage.h"

struct cache {
    _Alignas(64) void **top; /* one past the top of the magazine, a stack of bins               */
    void **bottom;           /* what top is when the part that we see is empty                  */
    void **limit;            /* what top is when it is full                                     */
    uint64_t cursor;         /* free bins of one word of a free map                              */
    uintptr_t cursor_at;     /* address of the cursor's bin 0                                    */
    uint32_t bin_bytes;
    uint8_t class;
    bool cursor_zero;  /* the cursor's bins read as zero                                        */
    bool spilled;      /* bins came back that the magazine had no room for                      */
    bool goes_on;      /* the magazine does, above the limit                                    */
    struct list slabs; /* slabs of this class with free bins, the oldest first                  */
};

/* All of a cache's magazine (magazine.h). Below its start stands a NULL. */
struct magazine {
    void **start;
    void **end; /* what top is when it may hold no more */
};

/* Bins of one bitmap word that this thread freed and has not yet told the owner (remote_free.h). */
struct pending {
    struct slab *slab; /* NULL: the entry is unused                                             */
    uint16_t word;
    uint16_t left; /* bins that may still come before the owner is told                         */
    uint32_t born; /* the heap's pending_turn when the first one came                           */
    uint64_t bins;
};

struct heap {
    struct list superpages;         /* all that this heap owns                             */
    struct list open;               /* those with free slots                               */
    struct list *collect_next;      /* where the search for remote frees goes on           */
    struct list *decay_next;        /* where the search for idle slots goes on             */
    uint32_t epoch;                 /* in which it began (decay.h)                         */
    uint32_t refills;               /* so far                                              */
    uint32_t superpage_count;       /* all that this heap owns                             */
    uint32_t empty_superpages;      /* those with nothing but free slots                   */
    uint32_t shortages_seen;        /* see pool_shortages                                  */
    uint32_t calls_left;            /* to the next check, where BITSLAB_CHECK_EVERY is set */
    bool sealed;                    /* first-class (first_class.h): no block of a stranger's
                                       comes in, no superpage of its own goes out           */
    bool bounded;                   /* sealed, and its superpages are its creator's memory  */
    uint16_t generation;            /* how often it was first-class: handles tell           */
    struct tickets *tickets;        /* its huge blocks, where it is sealed                  */
    _Atomic uint32_t next_on_stack; /* while no thread uses this heap                      */
    struct heap *made_before;       /* all heaps ever made, the newest first               */
    uint32_t pending_turn;          /* words that bins were held back of, so far          */
    uint32_t foreign_frees;         /* strangers' bins that could have been kept, so far   */
    void *held_last;                /* the bin that was held back last                      */
    uint32_t spent_kept;            /* superpages of which every bin is out: how many it keeps */
    uint32_t spent_next;            /* of these                                                */
    uint32_t kept_wide_slots;       /* slots of wide blocks that are kept: wide.h             */
    bool keeps_empty;               /* a slab on a cache's list may be without a used bin */
    bool takes;                     /* slots, since its thread has it                     */
    bool holds_back;                /* one of these may be in use */
    struct pending pending[COMBINE_COUNT];
    struct slab *kept_wide[SLOT_COUNT];   /* the last of so many slots                        */
    struct cache caches[2 * CLASS_COUNT]; /* for each class two: see sampler.h */
    int64_t bytes_until_sample;           /* not above 0: not drawn yet                     */
    uint64_t random; /* from here on: harden.h                                             */
    void *quarantine[BITSLAB_QUARANTINE ? QUARANTINE_COUNT : 1];
    void *quarantined; /* the last that came                                               */
    void *recent[RECENT_COUNT];
    unsigned recent_next;
    struct superpage *spent[SPENT_SUPERPAGES_MOST]; /* see superpage_spent */
    struct magazine magazines_at[2 * CLASS_COUNT];
    uint64_t grown_classes;    /* whose magazines have grown,                                 */
    size_t grown_bytes;        /* and by how many bytes of bins                               */
    size_t grown_places_bytes; /* of places that they take                                 */
    uint64_t refilled_classes; /* since so many refills:                                   */
    uint32_t idle_since;       /* see IDLE_REFILLS                                         */
    bool grown_closed;         /* none ever has: there is no access to where they would       */
    void *magazines[];         /* of all caches, one after the other */
};

_Static_assert(sizeof(struct cache) == 64, "a cache is one line of the hardware's");
_Static_assert(sizeof(struct heap) <= UINT16_MAX, "a cache's offset fits into 16 bits");

/** Offset from a heap to the cache that serves a small request, by (bytes + 15) / 16. */
extern HIDDEN uint16_t cache_offsets[SMALL_MAX_BYTES / 16 + 1];

/** The heap of threads that have none: every cache is empty, and nothing is ever put in. */
extern HIDDEN struct heap empty_heap;

static inline struct cache *heap_cache_at(struct heap *heap, uint16_t offset) {
    return (struct cache *)((char *)heap + offset);
}

/** The cache for a request of up to SMALL_MAX_BYTES; 0 is treated as 1. */
static inline struct cache *heap_cache(struct heap *heap, size_t size) {
    return heap_cache_at(heap, cache_offsets[(size + 15) >> 4]);
}

/** Spares the caller's test. */
static inline void *never_null(void *bin) {
    if (bin == NULL) __builtin_unreachable();
    return bin;
}

/** The heap that a cache is part of. Not for the empty heap. */
static inline struct heap *heap_of_cache(struct cache *cache) {
    return (struct heap *)((uintptr_t)cache & ~(SLAB_BYTES - 1));
}

/** The next of the heap's random numbers (Marsaglia 2003, xorshift). */
static inline uint64_t heap_random(struct heap *heap) {
    uint64_t x = heap->random;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return heap->random = x;
}

/** The bin of a cursor that is handed out next: the lowest, or any. */
static inline unsigned cursor_choice(struct cache *cache, uint64_t cursor) {
    if (!BITSLAB_RANDOM_ORDER) return lowest_bit(cursor);
    unsigned turn = (unsigned)(heap_random(heap_of_cache(cache)) >> 32) % WORD_BINS;
    uint64_t turned = cursor >> turn | cursor << (-turn % WORD_BINS);
    return (lowest_bit(turned) + turn) % WORD_BINS;
}

/** A bin from the magazine, or else the cursor's lowest; NULL if both are empty. */
static inline void *cache_pop(struct cache *cache) {
    if (likely(cache->top != cache->bottom)) return never_null(*--cache->top);
    uint64_t cursor = cache->cursor;
    if (unlikely(cursor == 0)) return NULL;
    unsigned bit = cursor_choice(cache, cursor);
    cache->cursor = BITSLAB_RANDOM_ORDER ? cursor & ~((uint64_t)1 << bit) : cursor & (cursor - 1);
    uintptr_t bin = cache->cursor_at + (uintptr_t)bit * cache->bin_bytes;
    return never_null((void *)bin);
}

/** Whether the bin that cache_pop will return next reads as zero. */
static inline bool cache_zero(const struct cache *cache) {
    return cache->top == cache->bottom && cache->cursor_zero;
}

/** Whether a bin is the one that came back last. Not for the empty heap. */
static inline bool cache_tops(const struct cache *cache, const void *bin) {
    return cache->top[-1] == bin;
}

/** Keep a bin for the next cache_pop; false if the magazine is full. */
static inline bool cache_push(struct cache *cache, void *bin) {
    if (unlikely(cache->top == cache->limit)) return false;
    *cache->top++ = bin;
    return true;
}

/** Bins in the magazine. */
static inline size_t cache_count(const struct cache *cache) {
    return (size_t)(cache->top - cache->bottom);
}

/** Whether the cache was ever refilled: a thread that only frees has no use for magazines. */
static inline bool cache_used(const struct cache *cache) { return cache->cursor_at != 0; }

/** Keep a stranger's bin for the next cache_pop; false if many wait, since each of them may be the
 *  one that keeps a superpage from its owner. */
static inline bool cache_push_foreign(struct cache *cache, void *bin) {
    if (cache_count(cache) >= FOREIGN_COUNT) return false;
    return cache_push(cache, bin);
}

/** Bytes of a heap with its magazines. */
size_t heap_bytes(void);

/** Make a heap usable. Its memory reads as zero. */
void heap_init(struct heap *heap);

/** Whether a slab of bins holds nothing but blocks that were sampled. No heap ever stamps it, so that
 *  each free of such a block takes the slow way. */
static inline bool slab_sampled(const struct slab *slab) {
    return slab->cache_offset >= offsetof(struct heap, caches[CLASS_COUNT]);
}

/** How many caches the heap has: the second ones exist from the first sample on. */
static inline unsigned heap_cache_count(const struct heap *heap) {
    return heap->caches[CLASS_COUNT].slabs.next != NULL ? 2 * CLASS_COUNT : CLASS_COUNT;
}

/** Make the second caches, if that was not done. */
void heap_add_second_caches(struct heap *heap);

/** A bin of a slab that holds sampled blocks of the class. NULL: the OS has no memory. */
void *heap_sampled_bin(struct heap *heap, unsigned class);

/** Put bins into an empty cache. False: the OS has no memory. */
bool heap_refill(struct heap *heap, struct cache *cache);

/** Set a bin's bit in the free map of a slab that the heap owns. */
void heap_put(struct heap *heap, struct slab *slab, void *bin);

/** Keep a bin for which the cache has no room: in a part of the magazine that it does not see, or in
 *  the slab's free map. */
void heap_spill(struct heap *heap, struct slab *slab, void *bin);

/** Whether a bin is free, as far as the heap's thread may look: the checked build asks. */
bool heap_bin_is_free(struct heap *heap, struct slab *slab, const void *bin);

/** A slab that the heap owns has got free bins back: list it, or give up its slots. */
void heap_slab_gained(struct heap *heap, struct slab *slab, bool was_full);

/** Enter a slab into its cache's list. */
void heap_list_slab(struct heap *heap, struct slab *slab);

/** Give up the slots of slabs without a used bin. Returns whether there were any. */
bool heap_retire_empty(struct heap *heap);

/** Give what waits in a cache's magazine and cursor back to the slabs. */
void heap_empty_cache(struct heap *heap, struct cache *cache);

/** Give all that waits in magazines and cursors back to the slabs. */
void heap_flush(struct heap *heap);

#endif
