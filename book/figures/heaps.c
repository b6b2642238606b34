/* heaps.c -- two threads of stage 4, and the cache that each has for a size.
 *
 * Stages: 4
 */
#include "threads.h"

/* The cache that is looked at: see choose(). */
static struct cache *cache;

/** Look at a thread's cache for a size from here on; 0: it has no heap yet. */
EXPORT uint32_t choose(uint32_t thread, uint32_t size) {
    cache = heap_cache(threads[thread].heap, size);
    return threads[thread].heap != &empty_heap;
}

/** How many bins its magazine has, how many it can have, ... */
EXPORT uint32_t magazine(uint32_t unused, uint32_t unused_too) {
    (void)unused, (void)unused_too;
    return (uint32_t)(cache->top - cache->bottom);
}

EXPORT uint32_t magazine_limit(uint32_t unused, uint32_t unused_too) {
    (void)unused, (void)unused_too;
    return (uint32_t)(cache->limit - cache->bottom);
}

/** ... one of them, the lowest first, ... */
EXPORT uint32_t magazine_bin(uint32_t i, uint32_t unused) {
    (void)unused;
    return place(cache->bottom[i]);
}

/** ... half of the cursor, ... */
EXPORT uint32_t cursor_half(uint32_t half, uint32_t unused) {
    (void)unused;
    return (uint32_t)(cache->cursor >> half * 32);
}

/** ... where its bin 0 lies, ... */
EXPORT uint32_t cursor_at(uint32_t unused, uint32_t unused_too) {
    (void)unused, (void)unused_too;
    return cache->cursor_at == 0 ? UINT32_MAX : place((void *)cache->cursor_at);
}

/** ... and the bytes of its bins. */
EXPORT uint32_t bin_bytes(uint32_t unused, uint32_t unused_too) {
    (void)unused, (void)unused_too;
    return cache->bin_bytes;
}

static const struct slab *slab_at(uint32_t at) {
    return slab_head(slab_of((uintptr_t)at_place(at)));
}

/** The index of a block's bin in its slab, ... */
EXPORT uint32_t bin_of(uint32_t at, uint32_t unused) {
    (void)unused;
    return slab_bin_index(slab_at(at), slab_offset(slab_at(at), at_place(at)));
}

/** ... and half a word of the slab's free map. */
EXPORT uint32_t free_half(uint32_t at, uint32_t half) {
    return (uint32_t)(free_map(slab_at(at))[half / 2] >> half % 2 * 32);
}
