/* heap.c -- refilling a cache from slabs, and putting bins back. */
#include "heap.h"

#include "block.h"
#include "harden.h"
#include "magazine.h"
#include "misuse.h"
#include "orphanage.h"
#include "os.h"
#include "pool.h"
#include "remote_free.h"
#include "supply.h"
#include "wide.h"

size_t heap_bytes(void) { return magazines_end(); }

static void cache_init(struct heap *heap, struct cache *cache, unsigned class) {
    cache->bin_bytes = size_classes[class].bin_bytes;
    cache->class = (uint8_t)class;
    list_init(&cache->slabs);
    magazine_init(heap, cache);
    magazine_hold_none(heap, cache);
}

void heap_init(struct heap *heap) {
    list_init(&heap->superpages);
    list_init(&heap->open);
    heap->collect_next = &heap->superpages;
    heap->decay_next = &heap->superpages;
    heap->random = BITSLAB_HARDENED ? os_random() | 1 : 1;
    for (unsigned class = 0; class < CLASS_COUNT; class++)
        cache_init(heap, &heap->caches[class], class);
}

void heap_add_second_caches(struct heap *heap) {
    if (heap_cache_count(heap) > CLASS_COUNT) return;
    for (unsigned class = 0; class < CLASS_COUNT; class++) {
        struct cache *second = &heap->caches[CLASS_COUNT + class];
        cache_init(heap, second, class);
    }
}

static struct superpage *superpage_at(struct slab *slab) { return superpage_of((uintptr_t)slab); }

static struct cache *cache_of(struct heap *heap, const struct slab *slab) {
    return heap_cache_at(heap, slab->cache_offset);
}

static struct slab *slab_at(struct list *link) { return container_of(link, struct slab, link); }

void heap_list_slab(struct heap *heap, struct slab *slab) {
    list_push_back(&cache_of(heap, slab)->slabs, &slab->link);
    superpage_at(slab)->listed_slots |= slot_bit(slab_slot(slab));
}

static void unlist(struct slab *slab) {
    list_remove(&slab->link);
    superpage_at(slab)->listed_slots &= ~slot_bit(slab_slot(slab));
}

/* Give up the slots of a slab without a used bin. */
static void retire(struct heap *heap, struct slab *slab) {
    struct superpage *superpage = superpage_at(slab);
    unsigned first = slab_slot(slab);
    unsigned slots = slab->slots;
    unsigned headers = slab_headers(slab);
    if (BITSLAB_CHECKED) remote_expect_none(slab);
    unlist(slab);
    superpage_stamp(superpage, slab, NULL);
    for (unsigned i = 0; i < headers; i++) superpage_slab(superpage, first + i)->kind = SLAB_FREE;
    heap_release_slots(heap, superpage, first, slots);
}

void heap_slab_gained(struct heap *heap, struct slab *slab, bool was_full) {
    if (was_full) heap_list_slab(heap, slab);
    /* The last slab on the list stays, so that one bin going back and forth costs nothing. */
    const struct cache *cache = cache_of(heap, slab);
    if (slab->used != 0) return;
    if (!cache_used(cache) || cache->slabs.next != cache->slabs.prev) retire(heap, slab);
    else heap->keeps_empty = true;
}

/* Checked builds have no magazines, so a free bin is in the map, the cursor or the remote map. */
bool heap_bin_is_free(struct heap *heap, struct slab *slab, const void *bin) {
    unsigned index = slab_bin_index(slab, slab_offset(slab, bin));
    unsigned bit = index % WORD_BINS;
    if (atom_load(&remote_map(slab)[index / WORD_BINS], relaxed) >> bit & 1) return true;
    if (harden_holds(heap, bin)) return true;
    if (!superpage_owned(superpage_at(slab), heap)) return false;
    const struct cache *cache = cache_of(heap, slab);
    uintptr_t in_cursor = ((uintptr_t)bin - cache->cursor_at) / slab->bin_bytes;
    if (in_cursor < WORD_BINS && (cache->cursor >> in_cursor & 1)) return true;
    return free_map(slab)[index / WORD_BINS] >> bit & 1;
}

/* Another thread had to ask the OS for a superpage. What this heap collects now may empty some of
 * its own, which go to the pool, before that thread has to ask again. */
static void help(struct heap *heap) {
    uint32_t shortages = pool_shortages();
    if (likely(heap->shortages_seen == shortages)) return;
    heap->shortages_seen = shortages;
    heap_collect(heap, GROW_SUPERPAGES);
}

/* One comparison: whether all of a slab's bins are out, or just one. */
static bool at_edge(const struct slab *slab) {
    return (unsigned)slab->used - 2 >= (unsigned)slab->bin_count - 2;
}

/* A bin has come back to a slab that was full, or has no used one now. */
static NOINLINE void put_at_edge(struct heap *heap, struct slab *slab) {
    heap_slab_gained(heap, slab, slab->used + 1 == slab->bin_count);
    help(heap);
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
    if (unlikely(*word & bit) || (BITSLAB_CHECKED && heap_bin_is_free(heap, slab, bin))) {
        misuse_free(bin, "double free");
        return;
    }
    *word |= bit;
    bool edge = at_edge(slab);
    slab->used--;
    if (unlikely(edge)) put_at_edge(heap, slab);
}

static NOINLINE void spill_above(struct heap *heap, struct cache *cache, void *bin) {
    magazine_slide_up(heap, cache);
    cache_push(cache, bin);
}

void heap_spill(struct heap *heap, struct slab *slab, void *bin) {
    struct cache *cache = cache_of(heap, slab);
    if (unlikely(cache->goes_on)) {
        spill_above(heap, cache, bin);
        return;
    }
    cache->spilled = true;
    heap_put(heap, slab, bin);
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
    if (heap->sealed) slab_seal(slab);
    superpage_stamp(superpage, slab, slab_sampled(slab) ? NULL : heap);
    heap_list_slab(heap, slab);
    if (cache->class == CLASS_ZERO) superpage_close(superpage, first, slots);
    return true;
}

/* Get a slab with free bins onto the cache's list. */
static bool find_slab(struct heap *heap, struct cache *cache) {
    unsigned tries = adopt_tries(size_classes[cache->class].slots);
    unsigned looks = 1 + size_classes[cache->class].bin_count / 16;
    heap_collect(heap, looks < COLLECT_SUPERPAGES ? looks : COLLECT_SUPERPAGES);
    while (list_empty(&cache->slabs)) {
        if (!new_slab(heap, cache) && !heap_grow(heap, &tries)) return false;
    }
    return true;
}

/* Take up to `wanted` bins of a word, the lowest first. */
static unsigned gather(struct cache *cache, struct slab *slab, unsigned index, void **bins,
                       unsigned wanted) {
    uintptr_t at = slab_start(slab) + (uintptr_t)index * WORD_BINS * cache->bin_bytes;
    uint64_t left = free_map(slab)[index];
    unsigned count = 0;
    cache->cursor_at = at;
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

/* Take a slab without a free bin off the list; its superpage may have nothing left to give. */
static void drop_if_full(struct heap *heap, struct slab *slab) {
    if (!slab_full(slab)) return;
    struct superpage *superpage = superpage_at(slab);
    unlist(slab);
    if (superpage_exhausted(superpage)) superpage_spent(heap, superpage);
}

/* Sparse words are gathered into the magazine, so that one refill serves many calls, and popped
 * in ascending order. A dense word ends the search: it becomes the cursor. */
static void fill(struct heap *heap, struct cache *cache) {
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
        drop_if_full(heap, slab);
        if (dense) break;
    } while (count < wanted && !list_empty(&cache->slabs));
    while (count > 0) cache_push(cache, bins[--count]);
}

bool heap_refill(struct heap *heap, struct cache *cache) {
    remote_flush(heap);
    help(heap);
    if (unlikely(++heap->refills % DECAY_REFILLS == 0)) heap_decay(heap);
    if (BITSLAB_HARDENED) harden_look_around(heap, RECENT_COUNT);
    heap->refilled_classes |= (uint64_t)1 << cache->class;
    if (magazine_slide_down(heap, cache)) return true;
    if (!cache_used(cache)) magazine_hold_bins(heap, cache);
    if (cache->spilled) magazine_grow(heap, cache);
    if (list_empty(&cache->slabs) && !find_slab(heap, cache)) return false;
    fill(heap, cache);
    return true;
}

void *heap_sampled_bin(struct heap *heap, unsigned class) {
    struct cache *cache = &heap->caches[CLASS_COUNT + class];
    void *bin = NULL;
    heap_add_second_caches(heap);
    if (list_empty(&cache->slabs) && !find_slab(heap, cache)) return NULL;
    struct slab *slab = slab_at(cache->slabs.next);
    gather(cache, slab, slab_next_word(slab), &bin, 1);
    drop_if_full(heap, slab);
    return bin;
}

bool heap_retire_empty(struct heap *heap) {
    bool any = false;
    if (!heap->keeps_empty) return false;
    heap->keeps_empty = false;
    for (unsigned i = 0; i < heap_cache_count(heap); i++) {
        struct list *slabs = &heap->caches[i].slabs;
        for (struct list *link = slabs->next, *next; link != slabs; link = next) {
            next = link->next;
            if (slab_at(link)->used != 0) break;
            retire(heap, slab_at(link));
            any = true;
        }
    }
    return any;
}

/* All of it at once, whoever owns the slab by now. */
static void give_cursor_back(struct heap *heap, struct cache *cache) {
    uint64_t bins = cache->cursor;
    if (bins == 0) return;
    struct slab *slab = slab_head(slab_of(cache->cursor_at));
    cache->cursor = 0;
    unsigned index = slab_bin_index(slab, slab_offset(slab, (void *)cache->cursor_at));
    remote_give(heap, slab, index / WORD_BINS, bins);
}

void heap_empty_cache(struct heap *heap, struct cache *cache) {
    magazine_empty(heap, cache);
    give_cursor_back(heap, cache);
}

void heap_flush(struct heap *heap) {
    wide_give_back(heap);
    for (unsigned class = 0; class < CLASS_COUNT; class++) {
        struct cache *cache = &heap->caches[class];
        heap_empty_cache(heap, cache);
        cache->cursor_at = 0; /* not used yet, by the heap's next thread */
        magazine_hold_none(heap, cache);
    }
    for (void *bin; (bin = harden_release(heap)) != NULL;) block_give_back(heap, bin);
}
