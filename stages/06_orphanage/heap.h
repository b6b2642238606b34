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

/* The magazine is a stack of bins. Its top bin is kept apart from the others: a bin that goes back
 * and forth is then stored and loaded at one fixed address, and need not wait for the stack's top. */
struct cache {
    _Alignas(64) void *hot; /* the magazine's top bin, which malloc hands out next; NULL: empty */
    void **top;             /* the next one; the lowest of all is a NULL                        */
    void **limit;           /* what top may reach; in a heap that must not be used, top itself  */
    uint64_t cursor;        /* free bins of one word of a free map                              */
    uintptr_t cursor_at;    /* address of the cursor's bin 0                                    */
    uint32_t bin_bytes;
    uint8_t class;
    bool cursor_zero;  /* the cursor's bins read as zero                                        */
    uint16_t capacity; /* of the magazine, in bins                                              */
    struct list slabs; /* slabs of this class with free bins, the oldest first                  */
};

/* Bins of one bitmap word that this thread freed and has not yet told the owner (remote_free.h). */
struct pending {
    struct slab *slab;
    uint32_t word;
    uint64_t bins; /* 0: the entry is unused */
};

struct heap {
    struct list superpages;         /* all that this heap owns                             */
    struct list open;               /* those with free slots                               */
    struct list *collect_next;      /* where the search for remote frees goes on           */
    uint32_t superpage_count;       /* all that this heap owns                             */
    uint32_t empty_superpages;      /* those with nothing but free slots                   */
    uint32_t shortages_seen;        /* see pool_shortages                                  */
    uint32_t calls_left;            /* to the next check, where BITSLAB_CHECK_EVERY is set */
    _Atomic uint32_t next_on_stack; /* while no thread uses this heap                      */
    struct heap *made_before;       /* all heaps ever made, the newest first               */
    struct pending pending[COMBINE_COUNT];
    struct cache caches[CLASS_COUNT];
    uint64_t random; /* from here on: harden.h                                             */
    void *quarantine[BITSLAB_QUARANTINE ? QUARANTINE_COUNT : 1];
    void *quarantined; /* the last that came                                               */
    void *recent[RECENT_COUNT];
    unsigned recent_next;
    void *magazines[]; /* of all caches, one after the other */
};

_Static_assert(sizeof(struct cache) == 64, "a cache is one line of the hardware's");
_Static_assert(sizeof(struct heap) <= UINT16_MAX, "a cache's offset fits into 16 bits");

/** Offset from a heap to the cache that serves a small request, by (bytes + 15) / 16. */
extern HIDDEN const uint16_t cache_offsets[SMALL_MAX_BYTES / 16 + 1];

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
    void *hot = cache->hot;
    if (likely(hot != NULL)) {
        cache->hot = *cache->top--;
        return hot;
    }
    uint64_t cursor = cache->cursor;
    if (unlikely(cursor == 0)) return NULL;
    unsigned bit = cursor_choice(cache, cursor);
    cache->cursor = BITSLAB_RANDOM_ORDER ? cursor & ~((uint64_t)1 << bit) : cursor & (cursor - 1);
    uintptr_t bin = cache->cursor_at + (uintptr_t)bit * cache->bin_bytes;
    return never_null((void *)bin);
}

/** Whether the bin that cache_pop will return next reads as zero. */
static inline bool cache_zero(const struct cache *cache) {
    return cache->hot == NULL && cache->cursor_zero;
}

/** Whether a bin is the one that came back last. */
static inline bool cache_tops(const struct cache *cache, const void *bin) {
    return cache->hot == bin;
}

/** Keep a bin for the next cache_pop; false if the magazine is full. */
static inline bool cache_push(struct cache *cache, void *bin) {
    if (unlikely(cache->top == cache->limit)) return false;
    *++cache->top = cache->hot;
    cache->hot = bin;
    return true;
}

/** Keep a stranger's bin for the next cache_pop; false if many wait, since each of them may be the
 *  one that keeps a superpage from its owner. */
static inline bool cache_push_foreign(struct cache *cache, void *bin) {
    if (cache->capacity - (cache->limit - cache->top) >= FOREIGN_COUNT) return false;
    return cache_push(cache, bin);
}

/** Bytes of a heap with its magazines. */
size_t heap_bytes(void);

/** Make a heap usable. Its memory reads as zero. */
void heap_init(struct heap *heap);

/** Put bins into an empty cache. False: the OS has no memory. */
bool heap_refill(struct heap *heap, struct cache *cache);

/** Set a bin's bit in the free map of a slab that the heap owns. */
void heap_put(struct heap *heap, struct slab *slab, void *bin);

/** Whether a bin is free, as far as the heap's thread may look: the checked build asks. */
bool heap_bin_is_free(struct heap *heap, struct slab *slab, const void *bin);

/** A slab that the heap owns has got free bins back: list it, or give up its slots. */
void heap_slab_gained(struct heap *heap, struct slab *slab, bool was_full);

/** Enter a slab into its cache's list. */
void heap_list_slab(struct heap *heap, struct slab *slab);

/** Give up the slots of slabs without a used bin. Returns whether there were any. */
bool heap_retire_empty(struct heap *heap);

/** Give all that waits in magazines and cursors back to the slabs. */
void heap_flush(struct heap *heap);

#endif
