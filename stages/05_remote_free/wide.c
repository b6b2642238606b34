/* wide.c -- runs of slots. */
#include "wide.h"

#include "remote_free.h"
#include "supply.h"

static unsigned slots_for(size_t size) { return (unsigned)((size + SLAB_BYTES - 1) / SLAB_BYTES); }

static void set_slots(struct slab *slab, unsigned slots) {
    slab->slots = (uint8_t)slots;
    slab->block_bytes = slots * SLAB_BYTES;
}

void *wide_alloc(struct heap *heap, size_t size, bool *zero) {
    unsigned slots = slots_for(size);
    unsigned first;
    struct superpage *superpage;
    remote_flush(heap);
    heap_collect(heap, 1);
    while ((superpage = heap_take_slots(heap, slots, &first, zero)) == NULL)
        if (!heap_grow(heap)) return NULL;
    struct slab *slab = superpage_slab(superpage, first);
    atom_store(&slab->owner, NULL, relaxed);
    slab->kind = SLAB_WIDE;
    slab->words = 1;
    slab->distance = 0;
    slab->start = (uint32_t)slab_start(slab);
    set_slots(slab, slots);
    return (void *)slab_start(slab);
}

void wide_free(struct heap *heap, struct slab *slab) {
    slab->kind = SLAB_FREE;
    heap_release_slots(heap, superpage_of((uintptr_t)slab), slab_slot(slab), slab->slots);
}

/* Whether the slots behind the run can be added to it. */
static bool extend(struct superpage *superpage, unsigned end, unsigned count) {
    bool zero;
    if (end + count > SLOT_COUNT) return false;
    uint32_t run = slot_run(end, count);
    if ((superpage->free_slots & run) != run) return false;
    if (!superpage_take_run(superpage, end, count, &zero)) return false;
    if (superpage->free_slots == 0) list_remove(&superpage->open_link);
    return true;
}

bool wide_resize(struct heap *heap, struct slab *slab, size_t size) {
    struct superpage *superpage = superpage_of((uintptr_t)slab);
    unsigned first = slab_slot(slab);
    unsigned old_slots = slab->slots;
    unsigned slots = slots_for(size);
    if (slots > old_slots) {
        if (!extend(superpage, first + old_slots, slots - old_slots)) return false;
        set_slots(slab, slots);
    } else if (slots < old_slots) {
        set_slots(slab, slots);
        heap_release_slots(heap, superpage, first + slots, old_slots - slots);
    }
    return true;
}
