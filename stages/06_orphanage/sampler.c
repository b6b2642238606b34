/* sampler.c -- where the dots are. */
#include "sampler.h"

#include "block.h"
#include "magazine.h"
#include "os.h"

_Atomic(const struct sampler *) the_sampler;

void sampler_start(const struct sampler *sampler) {
    static _Atomic uint32_t started;
    if (atom_swap(&started, 1, relaxed) != 0) return;
    /* Threads may be reading the table, by plain loads, since atomic ones cost clang's malloc an
     * instruction: an entry is two aligned bytes, and the old one serves as well as the new. */
    for (unsigned i = 0; i < sizeof cache_offsets / sizeof cache_offsets[0]; i++)
        cache_offsets[i] = (uint16_t)(cache_offsets[i] + CLASS_COUNT * sizeof(struct cache));
    /* [SA-1] release: whoever finds the sampler finds the table changed. */
    atom_store(&the_sampler, sampler, release);
}

/* The natural logarithm, for 0 < x <= 1: ln(m * 2^e), with ln m = 2 artanh((m - 1) / (m + 1)). */
static double logarithm(double x) {
    int exponent = 0;
    for (; x < 0.70710678; exponent--) x *= 2;
    double t = (x - 1) / (x + 1), square = t * t;
    double sum = t * (1 + square * (1. / 3 + square * (1. / 5 + square * (1. / 7 + square / 9))));
    return 2 * sum + exponent * 0.6931471805599453;
}

/* Bytes to the next dot. */
static double distance(struct heap *heap, const struct sampler *sampler) {
    if (heap->random == 1) heap->random = os_random() | 1; /* heaps begin alike */
    double chance = (double)((heap_random(heap) >> 11) + 1) * (1.0 / 9007199254740992.0);
    return -logarithm(chance) * (double)sampler->rate;
}

/* What recording allocates is not sampled. */
static void record(const struct sampler *sampler, void *block, size_t bytes) {
    this_thread.samples = true;
    sampler->taken(block, bytes);
    this_thread.samples = false;
}

/* Whether the next dot lies in the bytes to come; they are counted. */
static bool met(struct heap *heap, const struct sampler *sampler, size_t bytes) {
    if (this_thread.samples) return false;
    if (heap->bytes_until_sample <= 0)
        heap->bytes_until_sample = 1 + (int64_t)distance(heap, sampler);
    heap->bytes_until_sample -= (int64_t)bytes;
    return heap->bytes_until_sample <= 0;
}

/* Bins above SMALL_MAX_BYTES are not looked up in the table: malloc finds them in their first cache, so
 * that one has to be empty. */
static void keep_empty(struct heap *heap, struct cache *cache) {
    heap_empty_cache(heap, cache);
    magazine_hold_none(heap, cache);
}

static void *alloc_bin(struct heap *heap, size_t size, size_t align, unsigned class, bool *zero) {
    const struct sampler *sampler = atom_load(&the_sampler, acquire); /* [SA-1] */
    size_t bytes = size_classes[class].bin_bytes;
    if (!met(heap, sampler, bytes)) {
        void *bin = block_alloc_in(heap, size, align, zero);
        if (bytes > SMALL_MAX_BYTES) keep_empty(heap, &heap->caches[class]);
        return bin;
    }
    void *bin = heap_sampled_bin(heap, class);
    *zero = false;
    if (bin != NULL) record(sampler, bin, bytes);
    return bin;
}

static void choose_large(struct heap *heap, void *block) {
    const struct sampler *sampler = atom_load(&the_sampler, acquire); /* [SA-1] */
    size_t bytes = block_usable(block_slab(block, "malloc"));
    if (met(heap, sampler, bytes)) record(sampler, block, bytes);
}

void *sampled_alloc(struct heap *heap, size_t size, size_t align, bool *zero) {
    size_t rounded = round_up(with_canary(size), align <= SLAB_BYTES ? align : 1);
    if (rounded <= BIN_MAX_BYTES && align <= SLAB_BYTES) {
        unsigned class = rounded == 0 ? CLASS_OF_0 : class_of(rounded);
        return alloc_bin(heap, size, align, class, zero);
    }
    void *block = block_alloc_in(heap, size, align, zero);
    if (block != NULL) choose_large(heap, block);
    return block;
}

void sampled_free(const struct slab *slab, void *block) {
    const struct sampler *sampler = atom_load(&the_sampler, acquire); /* [SA-1] */
    if (slab->kind != SLAB_BINS || slab_sampled(slab)) sampler->freed(block);
}

void sampled_resize(void *block, void *same) {
    const struct sampler *sampler = atom_load(&the_sampler, acquire); /* [SA-1] */
    sampler->freed(block);
    if (this_thread.heap != &empty_heap) choose_large(this_thread.heap, same);
}
