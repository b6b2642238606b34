/* sampler.h -- choosing blocks at random, in proportion to their bytes.
 *
 * Problem   A heap profile must look at a few allocations only, each byte with the same chance, and
 *           must notice when a chosen block is freed; and neither malloc's nor free's fast path has an
 *           instruction to spare for counting or asking.
 * Bytes     Think of all bytes ever allocated as a line with a dot about every `rate` bytes, at
 *           exponentially distributed distances; a block with a dot in it is chosen. A block of b bytes
 *           then is, with probability 1 - exp(-b / rate), whatever came before it. Each heap has a
 *           line of its own.
 * Malloc    Each class has a second cache, in which there never is a bin. While the heap is sampled,
 *           malloc looks there (that is a change of a table, cache_offsets), finds none, and comes to
 *           sampled_malloc, which counts and takes the bin from the first. Without sampling nothing is
 *           counted and nothing asked.
 * Free      Chosen bins lie in slabs of their own, listed with the second cache, which no heap stamps
 *           as its own: their frees take the slow path, and ask whether the slab is one of those. Large
 *           blocks do so anyway. All other frees are as fast as ever.
 * Bias      None by size, order, thread or place of call. Blocks of first-class heaps are not sampled,
 *           nor is what the recording of a sample allocates itself.
 * Tried     Moving bins to the second cache in advance, up to the next dot, so that most mallocs stay
 *           fast: it cost more, 14 to 19 % of a Python loop that does little but allocate, for the bin
 *           freed last, still warm, was no longer the next one handed out.
 * Source    tcmalloc's sampler (exponential distances).
 */
#ifndef SAMPLER_H
#define SAMPLER_H

#include "harden.h"

/** Who wants the samples. */
struct sampler {
    size_t rate;                              /* bytes per sample, on average */
    void (*taken)(void *block, size_t bytes); /* may allocate                 */
    void (*freed)(void *block);               /* perhaps one that was taken   */
};

extern HIDDEN _Atomic(const struct sampler *) the_sampler;

static inline bool sampling(void) { return atom_load(&the_sampler, relaxed) != NULL; }

/** Begin to sample; it never ends. */
void sampler_start(const struct sampler *sampler);

/** A small block from the first cache of its class, if there is one and no dot is near; else NULL. */
static inline void *sampled_malloc(size_t size) {
    if (likely(atom_load(&the_sampler, acquire) == NULL)) return NULL; /* [SA-1] */
    struct heap *heap = this_thread.heap;
    struct cache *cache = heap_cache(heap, with_canary(size)) - CLASS_COUNT;
    if (unlikely(heap->bytes_until_sample <= (int64_t)cache->bin_bytes)) return NULL;
    void *bin = cache_pop(cache);
    if (likely(bin != NULL)) heap->bytes_until_sample -= (int64_t)cache->bin_bytes;
    return bin;
}

/** Allocate as block_alloc_in does, and perhaps choose the block. */
void *sampled_alloc(struct heap *heap, size_t size, size_t align, bool *zero);

/** A block is freed on the slow path. */
void sampled_free(const struct slab *slab, void *block);

/** A large block has a new size, and perhaps a new place. */
void sampled_resize(void *block, void *same);

#endif
