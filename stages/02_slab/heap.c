/* heap.c -- taking bins from slabs, and putting them back. */
#include "heap.h"

#include "misuse.h"
#include "region.h"

void heap_init(struct heap *heap) {
    for (unsigned class = 0; class < CLASS_COUNT; class++) {
        struct cache *cache = &heap->caches[class];
        cache->bin_bytes = size_classes[class].bin_bytes;
        cache->class = (uint8_t)class;
        list_init(&cache->slabs);
    }
}

static struct cache *cache_of(struct heap *heap, const struct slab *slab) {
    return &heap->caches[slab->class];
}

static struct slab *slab_at(struct list *link) { return container_of(link, struct slab, link); }

static void heap_list_slab(struct heap *heap, struct slab *slab) {
    list_push_back(&cache_of(heap, slab)->slabs, &slab->link);
}

static void unlist(struct slab *slab) { list_remove(&slab->link); }

void heap_put(struct heap *heap, struct slab *slab, void *bin) {
    unsigned index = slab_bin_index(slab, slab_offset(slab, bin));
    uint64_t *word = &slab->free[index / WORD_BINS];
    uint64_t bit = (uint64_t)1 << index % WORD_BINS;
    if (unlikely(index >= slab->bin_count)) misuse_free(bin, "behind the last bin");
    if (unlikely(*word & bit)) misuse_free(bin, "double free");
    *word |= bit;
    bool was_full = slab->used-- == slab->bin_count;
    if (unlikely(was_full)) heap_list_slab(heap, slab);
}

/* A new slab of the class. False: the region is used up. */
static bool new_slab(struct heap *heap, struct cache *cache) {
    struct slab *slab = region_take(SLAB_BYTES, SLAB_BYTES);
    if (slab == NULL) return false;
    slab_format(slab, cache->class);
    heap_list_slab(heap, slab);
    return true;
}

void *heap_take(struct heap *heap, struct cache *cache, bool *zero) {
    if (list_empty(&cache->slabs) && !new_slab(heap, cache)) return NULL;
    struct slab *slab = slab_at(cache->slabs.next);
    unsigned bin = slab_next_bin(slab);
    *zero = slab_take(slab, bin);
    if (slab_full(slab)) unlist(slab);
    return (void *)(slab_start(slab) + (uintptr_t)bin * cache->bin_bytes);
}
