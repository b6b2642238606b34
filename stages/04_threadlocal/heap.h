/* heap.h -- what one thread allocates from.
 *
 * Problem   A heap that threads share needs a lock, or an atomic operation for every call.
 * Idea      A heap per thread. Only its thread reads or writes it, so the fast paths are plain
 *           loads and stores. A block that a stranger frees is set aside: it is lost (stage 5).
 * Cache     For each size class: a magazine of bins freed a moment ago (still warm), then the
 *           cursor, one word of a slab's free map taken whole, then the slabs with free bins.
 *           None of these ever reads or writes the bin itself.
 * Source    Berger 2000 (heaps without false sharing); Bonwick 2001 sec. 3 (magazines).
 */
#ifndef HEAP_H
#define HEAP_H

#include "superpage.h"

struct cache {
    _Alignas(64) void **top; /* one past the top of the magazine, a stack of bins               */
    void **bottom;           /* what top is when it is empty; below it stands a NULL            */
    void **limit;            /* what top is when it is full                                     */
    uint64_t cursor;         /* free bins of one word of a free map                              */
    uintptr_t cursor_at;     /* address of the cursor's bin 0                                    */
    uint32_t bin_bytes;
    uint8_t class;
    bool cursor_zero;  /* the cursor's bins read as zero                                        */
    struct list slabs; /* slabs of this class with free bins, the oldest first                  */
};

struct heap {
    struct list open;          /* superpages with free slots                          */
    uint32_t empty_superpages; /* those with nothing but free slots                   */
    bool keeps_empty;          /* a slab on a cache's list may be without a used bin    */
    struct cache caches[CLASS_COUNT];
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

/** A bin from the magazine, or else the cursor's lowest; NULL if both are empty. */
static inline void *cache_pop(struct cache *cache) {
    if (likely(cache->top != cache->bottom)) return never_null(*--cache->top);
    uint64_t cursor = cache->cursor;
    if (unlikely(cursor == 0)) return NULL;
    cache->cursor = cursor & (cursor - 1);
    uintptr_t bin = cache->cursor_at + (uintptr_t)lowest_bit(cursor) * cache->bin_bytes;
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

/** Bytes of a heap with its magazines. */
size_t heap_bytes(void);

/** Make a heap usable. Its memory reads as zero. */
void heap_init(struct heap *heap);

/** Put bins into an empty cache. False: the OS has no memory. */
bool heap_refill(struct heap *heap, struct cache *cache);

/** Set a bin's bit in the free map of a slab that the heap owns. */
void heap_put(struct heap *heap, struct slab *slab, void *bin);

/** A slab that the heap owns has got free bins back: list it, or give up its slots. */
void heap_slab_gained(struct heap *heap, struct slab *slab, bool was_full);

/** Enter a slab into its cache's list. */
void heap_list_slab(struct heap *heap, struct slab *slab);

/** Give up the slots of slabs without a used bin. Returns whether there were any. */
bool heap_retire_empty(struct heap *heap);

#endif
