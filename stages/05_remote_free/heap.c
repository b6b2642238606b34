/* heap.c -- refilling a cache from slabs, and putting bins back. */
#include "heap.h"

#include "misuse.h"
#include "remote_free.h"
#include "supply.h"

/* Bins that the class's magazine takes. */
static size_t magazine_bins(unsigned class) {
    size_t bins = MAGAZINE_BYTES / size_classes[class].bin_bytes;
    return bins < 1 ? 1 : bins < MAGAZINE_COUNT ? bins : MAGAZINE_COUNT;
}

size_t heap_bytes(void) {
    size_t bins = 0;
    for (unsigned class = 0; class < CLASS_COUNT; class++) bins += 1 + magazine_bins(class);
    return sizeof(struct heap) + bins * sizeof(void *);
}

void heap_init(struct heap *heap) {
    void **magazine = heap->magazines;
    list_init(&heap->superpages);
    list_init(&heap->open);
    heap->collect_next = &heap->superpages;
    for (unsigned class = 0; class < CLASS_COUNT; class++) {
        struct cache *cache = &heap->caches[class];
        cache->bin_bytes = size_classes[class].bin_bytes;
        cache->class = (uint8_t)class;
        list_init(&cache->slabs);
        cache->top = cache->bottom = magazine + 1;
        magazine += 1 + magazine_bins(class);
        cache->limit = magazine;
    }
}

static struct superpage *superpage_at(struct slab *slab) { return superpage_of((uintptr_t)slab); }

static struct cache *cache_of(struct heap *heap, const struct slab *slab) {
    return heap_cache_at(heap, slab->cache_offset);
}

static struct slab *slab_at(struct list *link) { return container_of(link, struct slab, link); }

void heap_list_slab(struct heap *heap, struct slab *slab) {
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
    superpage_stamp(superpage, slab, NULL);
    for (unsigned i = 0; i < headers; i++) superpage_slab(superpage, first + i)->kind = SLAB_FREE;
    heap_release_slots(heap, superpage, first, slots);
}

void heap_slab_gained(struct heap *heap, struct slab *slab, bool was_full) {
    if (was_full) heap_list_slab(heap, slab);
    /* The last slab on the list stays, so that one bin going back and forth costs nothing. */
    const struct list *slabs = &cache_of(heap, slab)->slabs;
    if (slab->used != 0) return;
    if (slabs->next != slabs->prev) retire(heap, slab);
    else heap->keeps_empty = true;
}

/* The calls stand at the ends, so that the way between them needs no stack. */
void heap_put(struct heap *heap, struct slab *slab, void *bin) {
    slab = slab_head(slab);
    unsigned index = slab_bin_index(slab, slab_offset(slab, bin));
    if (unlikely(index >= slab->bin_count)) {
        misuse_free(bin, "behind the last bin");
        return;
    }
    uint64_t bit = (uint64_t)1 << index % WORD_BINS;
    uint64_t *word = &free_map(slab)[index / WORD_BINS];
    if (unlikely(*word & bit)) {
        misuse_free(bin, "double free");
        return;
    }
    *word |= bit;
    bool was_full = slab_full(slab);
    slab->used--;
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
    remote_expect_none(slab);
    slab_format(slab, cache->class, (uint16_t)((char *)cache - (char *)heap), zero);
    superpage_stamp(superpage, slab, heap);
    heap_list_slab(heap, slab);
    return true;
}

/* Get a slab with free bins onto the cache's list. */
static bool find_slab(struct heap *heap, struct cache *cache) {
    unsigned looks = 1 + size_classes[cache->class].bin_count / 16;
    heap_collect(heap, looks < COLLECT_SUPERPAGES ? looks : COLLECT_SUPERPAGES);
    while (list_empty(&cache->slabs)) {
        if (!new_slab(heap, cache) && !heap_grow(heap)) return false;
    }
    return true;
}

/* Take up to `wanted` bins of a word, the lowest first. */
static unsigned gather(struct cache *cache, struct slab *slab, unsigned index, void **bins,
                       unsigned wanted) {
    uintptr_t at = slab_start(slab) + (uintptr_t)index * WORD_BINS * cache->bin_bytes;
    uint64_t left = free_map(slab)[index];
    unsigned count = 0;
    for (; left != 0 && count < wanted; left &= left - 1)
        bins[count++] = (void *)(at + (uintptr_t)lowest_bit(left) * cache->bin_bytes);
    slab_take(slab, index, free_map(slab)[index] ^ left);
    return count;
}

/* A dense word becomes the cursor whole. */
static void set_cursor(struct cache *cache, struct slab *slab, unsigned index) {
    cache->cursor = free_map(slab)[index];
    cache->cursor_at = slab_start(slab) + (uintptr_t)index * WORD_BINS * cache->bin_bytes;
    cache->cursor_zero = slab_take(slab, index, cache->cursor);
}

static void drop_if_full(struct slab *slab) {
    if (slab_full(slab)) unlist(slab);
}

/* Sparse words are gathered into the magazine, so that one refill serves many calls, and popped
 * in ascending order. A dense word ends the search: it becomes the cursor. */
static void fill(struct cache *cache) {
    void *bins[GATHER_COUNT];
    size_t room = (size_t)(cache->limit - cache->top);
    unsigned wanted = room < 2 * GATHER_COUNT ? (unsigned)room / 2 : GATHER_COUNT;
    unsigned count = 0;
    do {
        struct slab *slab = slab_at(cache->slabs.next);
        unsigned index = slab_next_word(slab);
        unsigned free = count_bits(free_map(slab)[index]);
        bool dense = free > DENSE_BINS || free >= wanted;
        if (dense) set_cursor(cache, slab, index);
        else count += gather(cache, slab, index, bins + count, wanted - count);
        drop_if_full(slab);
        if (dense) break;
    } while (count < wanted && !list_empty(&cache->slabs));
    while (count > 0) cache_push(cache, bins[--count]);
}

bool heap_refill(struct heap *heap, struct cache *cache) {
    remote_flush(heap);
    if (list_empty(&cache->slabs) && !find_slab(heap, cache)) return false;
    fill(cache);
    return true;
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
