/* heap.c -- taking bins from slabs, and putting them back. */
#include "heap.h"

#include "misuse.h"
#include "supply.h"

void heap_init(struct heap *heap) {
    list_init(&heap->open);
    for (unsigned class = 0; class < CLASS_COUNT; class++) {
        struct cache *cache = &heap->caches[class];
        cache->bin_bytes = size_classes[class].bin_bytes;
        cache->class = (uint8_t)class;
        list_init(&cache->slabs);
    }
}

static struct superpage *superpage_at(struct slab *slab) { return superpage_of((uintptr_t)slab); }

static struct cache *cache_of(struct heap *heap, const struct slab *slab) {
    return &heap->caches[slab->class];
}

static struct slab *slab_at(struct list *link) { return container_of(link, struct slab, link); }

static void heap_list_slab(struct heap *heap, struct slab *slab) {
    list_push_back(&cache_of(heap, slab)->slabs, &slab->link);
}

static void unlist(struct slab *slab) { list_remove(&slab->link); }

/* Give up the slots of a slab without a used bin. */
static void retire(struct heap *heap, struct slab *slab) {
    struct superpage *superpage = superpage_at(slab);
    unsigned first = slab_slot(slab);
    unsigned slots = slab->slots;
    unsigned headers = slab_headers(slab);
    unlist(slab);
    for (unsigned i = 0; i < headers; i++) superpage_slab(superpage, first + i)->kind = SLAB_FREE;
    heap_release_slots(heap, superpage, first, slots);
}

/* A slab has got a free bin back: list it, or give up its slots. */
static void heap_slab_gained(struct heap *heap, struct slab *slab, bool was_full) {
    if (was_full) heap_list_slab(heap, slab);
    /* The last slab on the list stays, so that one bin going back and forth costs nothing. */
    const struct list *slabs = &cache_of(heap, slab)->slabs;
    if (slab->used != 0) return;
    if (slabs->next != slabs->prev) retire(heap, slab);
    else heap->keeps_empty = true;
}

void heap_put(struct heap *heap, struct slab *slab, void *bin) {
    slab = slab_head(slab);
    unsigned index = slab_bin_index(slab, slab_offset(slab, bin));
    uint64_t *word = &free_map(slab)[index / WORD_BINS];
    uint64_t bit = (uint64_t)1 << index % WORD_BINS;
    if (unlikely(index >= slab->bin_count)) misuse_free(bin, "behind the last bin");
    if (unlikely(*word & bit)) misuse_free(bin, "double free");
    *word |= bit;
    bool was_full = slab->used-- == slab->bin_count;
    if (unlikely(was_full || slab->used == 0)) heap_slab_gained(heap, slab, was_full);
}

/* A slab of the class in slots that the heap has. False: it has none that are free. */
static bool new_slab(struct heap *heap, struct cache *cache) {
    unsigned first;
    bool zero;
    unsigned slots = size_classes[cache->class].slots;
    struct superpage *superpage = heap_take_slots(heap, slots, &first, &zero);
    if (superpage == NULL) return false;
    struct slab *slab = superpage_slab(superpage, first);
    slab_format(slab, cache->class, zero);
    heap_list_slab(heap, slab);
    return true;
}

/* Get a slab with free bins onto the cache's list. */
static bool find_slab(struct heap *heap, struct cache *cache) {
    while (list_empty(&cache->slabs)) {
        if (!new_slab(heap, cache) && !heap_grow(heap)) return false;
    }
    return true;
}

void *heap_take(struct heap *heap, struct cache *cache, bool *zero) {
    if (list_empty(&cache->slabs) && !find_slab(heap, cache)) return NULL;
    struct slab *slab = slab_at(cache->slabs.next);
    unsigned bin = slab_next_bin(slab);
    *zero = slab_take(slab, bin);
    if (slab_full(slab)) unlist(slab);
    return (void *)(slab_start(slab) + (uintptr_t)bin * cache->bin_bytes);
}

bool heap_retire_empty(struct heap *heap) {
    bool any = false;
    if (!heap->keeps_empty) return false;
    heap->keeps_empty = false;
    for (unsigned class = 0; class < CLASS_COUNT; class++) {
        struct list *slabs = &heap->caches[class].slabs;
        for (struct list *link = slabs->next, *next; link != slabs; link = next) {
            next = link->next;
            if (slab_at(link)->used != 0) break;
            retire(heap, slab_at(link));
            any = true;
        }
    }
    return any;
}
