/* observe_look.c -- counting what there is, while it moves. */
#include "huge_cache.h"
#include "observe.h"
#include "registry.h"

UNSEEN struct bin_sums look_at_slab(const struct slab *slab) {
    struct bin_sums sums = {.slabs = 1, .bins = slab->bin_count};
    unsigned words = slab->words < SLAB_WORDS_MAX ? slab->words : SLAB_WORDS_MAX;
    for (unsigned i = 0; i < words; i++) {
        sums.free += count_bits(free_map_of(slab, words)[i]);
        sums.remote += count_bits(atom_load(&remote_map_of(slab, words)[i], relaxed));
    }
    return sums;
}

static UNSEEN void add_slab(struct look *sum, const struct slab *slab, unsigned slots) {
    unsigned class = slab->class;
    if (class >= CLASS_COUNT) return;
    struct bin_sums *total = &sum->classes[class];
    struct bin_sums more = look_at_slab(slab);
    total->slabs++;
    total->bins += more.bins;
    total->free += more.free;
    total->remote += more.remote;
    size_t used = more.bins * size_classes[class].bin_bytes;
    sum->tail_bytes += used < slots * SLAB_BYTES ? slots * SLAB_BYTES - used : 0;
}

static UNSEEN void add_superpage(struct look *sum, struct superpage *superpage) {
    struct heap *owner = atom_load(&superpage->owner, relaxed);
    sum->superpages++;
    if (owner == OWNER_POOL) sum->pooled++;
    else if (owner == OWNER_NOBODY) sum->orphaned++;
    else sum->owned++;
    sum->purged_slots += count_bits(superpage->free_slots & ~superpage->touched_slots & ALL_SLOTS);
    for (unsigned slot = 1, slots; slot < SLOT_COUNT; slot += slots) {
        const struct slab *slab = superpage_slab(superpage, slot);
        slots = look_slots(slab, slot);
        if (slab->kind == SLAB_BINS) add_slab(sum, slab, slots);
        else if (slab->kind != SLAB_WIDE) sum->free_slots += slots;
        else if (slab_wide_waits(slab)) sum->wide_waiting_slots += slots;
        else sum->wide_slots += slots, sum->wide_blocks++;
    }
}

static UNSEEN void add_cache(struct bin_sums *sum, const struct heap *heap, unsigned class) {
    const struct cache *cache = &heap->caches[class];
    void **start = heap->magazines_at[class].start; /* not by a call that would be seen */
    size_t waiting = (size_t)(cache->top - start);
    sum->held += count_bits(cache->cursor);
    if (waiting <= GROWN_MAGAZINE_COUNT) sum->held += waiting; /* else it has just moved */
}

static UNSEEN void add_heap(struct look *sum, const struct heap *heap) {
    sum->heaps++;
    if (heap->bounded) return; /* its superpages are no mappings of ours */
    for (unsigned i = 0; i < CLASS_COUNT; i++) add_cache(&sum->classes[i], heap, i);
    for (unsigned i = 0; i < COMBINE_COUNT; i++) {
        struct pending held = heap->pending[i];
        if (held.bins == 0 || held.slab == NULL || held.slab->class >= CLASS_COUNT) continue;
        sum->classes[held.slab->class].held += count_bits(held.bins);
    }
    for (unsigned i = 0; BITSLAB_QUARANTINE && i < QUARANTINE_COUNT; i++) {
        uintptr_t bin = (uintptr_t)heap->quarantine[i];
        if (bin != 0 && slab_of(bin)->class < CLASS_COUNT) sum->classes[slab_of(bin)->class].held++;
    }
}

void look_around(struct look *out) {
    struct bitslab_stats now;
    bitslab_stats(&now);
    *out = (struct look){.mapped_bytes = now.mapped_bytes};
    struct superpage *superpage = superpage_newest();
    for (; superpage != NULL; superpage = superpage->made_before) add_superpage(out, superpage);
    for (struct heap *heap = heap_newest(); heap != NULL; heap = heap->made_before)
        add_heap(out, heap);
    out->cached_bytes = huge_cached_bytes();
    out->registry_bytes = registry_bytes();
}
