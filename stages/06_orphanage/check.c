/* check.c -- the invariants, executed. */
#include "check.h"

#include "magazine.h"
#include "misuse.h"
#include "registry.h"
#include "remote_free.h"
#include "thread.h"

/* The message names the header at fault. */
static void require(bool holds, const void *header, const char *invariant) {
    if (unlikely(!holds)) misuse("check", header, invariant);
}

/* The bit of a bin in a word of its slab's maps, or 0 if the bin lies elsewhere. */
static uint64_t bit_in(const struct slab *slab, unsigned word, const void *bin) {
    uintptr_t offset = (uintptr_t)bin - slab_start(slab);
    if (offset >= (uintptr_t)slab->bin_count * slab->bin_bytes) return 0;
    unsigned index = slab_bin_index(slab, (uint32_t)offset);
    return index / WORD_BINS == word ? (uint64_t)1 << index % WORD_BINS : 0;
}

uint64_t heap_holds(const struct heap *heap, const struct slab *slab, unsigned word) {
    const struct cache *cache = &heap->caches[slab->class];
    uintptr_t word_at = slab_start(slab) + (uintptr_t)word * WORD_BINS * slab->bin_bytes;
    uint64_t held = cache->cursor_at == word_at ? cache->cursor : 0;
    for (void **next = magazine_start(heap, cache); next != cache->top; next++) {
        uint64_t bit = bit_in(slab, word, *next);
        require((held & bit) == 0, slab, "I1: a bin waits twice in one cache");
        held |= bit;
    }
    for (unsigned i = 0; i < COMBINE_COUNT; i++) {
        const struct pending *pending = &heap->pending[i];
        if (pending->bins == 0 || pending->slab != slab || pending->word != word) continue;
        require((held & pending->bins) == 0, slab, "I1: a bin is held back and waits in a cache");
        held |= pending->bins;
    }
    for (unsigned i = 0; BITSLAB_QUARANTINE && i < QUARANTINE_COUNT; i++) {
        uint64_t bit = bit_in(slab, word, heap->quarantine[i]);
        require((held & bit) == 0, slab, "I1: a bin is in quarantine and waits elsewhere");
        held |= bit;
    }
    return held;
}

uint64_t heaps_hold(const struct slab *slab, unsigned word, struct heap *only) {
    if (only != NULL) return heap_holds(only, slab, word);
    uint64_t all = 0;
    for (struct heap *heap = heap_newest(); heap != NULL; heap = heap->made_before) {
        uint64_t held = heap_holds(heap, slab, word);
        require((all & held) == 0, slab, "I1: a bin waits in two heaps");
        all |= held;
    }
    return all;
}

struct tally slab_tally(const struct slab *slab, struct heap *only) {
    struct tally tally = {.bins = slab->bin_count};
    for (unsigned i = 0; i < slab->words; i++) {
        uint64_t free = free_map(slab)[i];
        uint64_t remote = atom_load(&remote_map(slab)[i], relaxed);
        uint64_t held = heaps_hold(slab, i, only);
        require((free & remote) == 0, slab, "I1: a bin is in the free map and the remote map");
        require((free & held) == 0, slab, "I1: a bin is in the free map and in a cache");
        require((remote & held) == 0, slab, "I1: a bin is in the remote map and in a cache");
        tally.free += count_bits(free);
        tally.remote += count_bits(remote);
        tally.held += count_bits(held);
    }
    unsigned last = (slab->bin_count - 1u) % WORD_BINS + 1;
    require((free_map(slab)[slab->words - 1] & ~low_bits(last)) == 0, slab,
            "I1: a bin behind the last");
    require(slab->used + tally.free == slab->bin_count, slab, "I2: used + free bins are not all");
    require(tally.remote + tally.held <= slab->used, slab, "I2: more bins wait than are used");
    return tally;
}

/* The slab's stamp, in each of its headers, and the headers themselves. */
static void headers_check(struct superpage *superpage, struct slab *slab) {
    bool stamped = superpage->stamped_slots & slot_bit(slab_slot(slab));
    struct heap *owner = stamped ? atom_load(&superpage->owner, relaxed) : NULL;
    for (unsigned i = 0; i < slab_headers(slab); i++) {
        struct slab *slot = superpage_slab(superpage, slab_slot(slab) + i);
        require(slot->kind == SLAB_BINS && slot->class == slab->class && slot->distance == i, slot,
                "I4: the headers of a slab differ");
        require(atom_load(&slot->owner, relaxed) == owner, slot, "I6: stamped by no owner");
    }
}

void superpage_check(struct superpage *superpage, struct heap *only) {
    uint32_t heads = 0;
    for (unsigned slot = 1, slots; slot < SLOT_COUNT; slot += slots) {
        struct slab *slab = superpage_slab(superpage, slot);
        slots = slab->kind == SLAB_FREE ? 1 : slab->slots;
        require(slots >= 1 && slot + slots <= SLOT_COUNT, slab, "I4: a slab without slots");
        uint32_t run = slot_run(slot, slots);
        uint32_t free = superpage->free_slots & run;
        require(free == (slab->kind == SLAB_FREE ? run & ALL_SLOTS : 0), slab,
                "I4: a slot free and in use");
        if (slab->kind != SLAB_BINS) continue;
        heads |= slot_bit(slot);
        headers_check(superpage, slab);
        bool listed = superpage->listed_slots & slot_bit(slot);
        require(listed == (slab_tally(slab, only).free != 0), slab,
                "I3: listed without a free bin, or the reverse");
    }
    require(((superpage->listed_slots | superpage->stamped_slots) & ~heads) == 0, superpage,
            "I3: a slot is listed or stamped that begins no slab");
}

/* Members of a list; its links must agree in both directions. */
static size_t list_count(const struct list *list) {
    size_t count = 0;
    for (const struct list *link = list->next; link != list; link = link->next, count++)
        require(link->prev->next == link && link->next->prev == link, link, "a list is torn");
    return count;
}

static void caches_check(struct heap *heap) {
    for (unsigned i = 0; i < heap_cache_count(heap); i++) {
        const struct cache *cache = &heap->caches[i];
        require(magazine_start(heap, cache) <= cache->bottom, cache, "a window below its magazine");
        require(cache->bottom <= cache->top, cache, "a magazine holds less than nothing");
        require(cache->top <= cache->limit, cache, "a magazine holds more than it can");
        for (struct list *link = cache->slabs.next; link != &cache->slabs; link = link->next) {
            struct slab *slab = container_of(link, struct slab, link);
            struct superpage *superpage = superpage_of((uintptr_t)slab);
            require(registry_has((uintptr_t)slab) && slab->kind == SLAB_BINS, cache,
                    "I3: no slab is on a cache's list");
            require(superpage_owned(superpage, heap) && slab->class == i % CLASS_COUNT, slab,
                    "I3: on the list of another heap or class");
        }
    }
}

void heap_check(struct heap *heap) {
    size_t listed = 0, in_caches = 0, open = 0, empty = 0;
    for (struct list *link = heap->superpages.next; link != &heap->superpages; link = link->next) {
        struct superpage *superpage = container_of(link, struct superpage, link);
        require(superpage_owned(superpage, heap), superpage, "I8: on the list of another heap");
        superpage_check(superpage, heap);
        listed += count_bits(superpage->listed_slots);
        open += superpage->free_slots != 0;
        empty += superpage_empty(superpage);
    }
    caches_check(heap);
    for (unsigned i = 0; i < heap_cache_count(heap); i++)
        in_caches += list_count(&heap->caches[i].slabs);
    require(listed == in_caches, heap, "I3: slabs with free bins that are on no list");
    require(list_count(&heap->superpages) == heap->superpage_count, heap, "superpages miscounted");
    require(list_count(&heap->open) == open, heap, "superpages with free slots miscounted");
    require(empty == heap->empty_superpages, heap, "empty superpages miscounted");
}
