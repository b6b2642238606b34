/* wide.c -- runs of slots. */
#include "wide.h"

#include "block.h"
#include "misuse.h"
#include "orphanage.h"
#include "remote_free.h"
#include "supply.h"

static void set_slots(struct slab *slab, unsigned slots) {
    slab->slots = (uint8_t)slots;
    slab->block_bytes = slots * SLAB_BYTES;
    slab->bin_bytes = (uint32_t)slab->block_bytes; /* realloc looks at the first line only */
}

void *wide_alloc(struct heap *heap, size_t size, bool *zero) {
    unsigned slots = slots_for(size);
    unsigned tries = adopt_tries(slots);
    unsigned first;
    struct superpage *superpage;
    remote_flush(heap);
    void *kept = wide_pop(heap, size);
    if (kept != NULL) {
        *zero = false;
        return kept;
    }
    heap_collect(heap, 1);
    while ((superpage = heap_take_slots(heap, slots, &first, zero)) == NULL)
        if (!heap_grow(heap, &tries)) return NULL;
    struct slab *slab = superpage_slab(superpage, first);
    atom_store(&slab->owner, NULL, relaxed);
    slab->kind = SLAB_WIDE;
    slab->words = 1;
    slab->distance = 0;
    slab->start = (uint32_t)slab_start(slab);
    slab->reciprocal = 1; /* one bin, at offset 0 */
    slab->bin_count = 1;
    slab->class = 0;
    set_slots(slab, slots);
    if (superpage_exhausted(superpage)) superpage_give_up(heap, superpage);
    return (void *)slab_start(slab);
}

void wide_free(struct heap *heap, struct slab *slab) {
    if (BITSLAB_CHECKED && atom_load(&remote_map(slab)[0], relaxed) != 0)
        misuse_free((void *)slab_start(slab), "double free");
    slab->kind = SLAB_FREE;
    heap_release_slots(heap, superpage_of((uintptr_t)slab), slab_slot(slab), slab->slots);
}

bool wide_give_back(struct heap *heap) {
    if (heap->kept_wide_slots == 0) return false;
    for (unsigned slots = 1; slots < SLOT_COUNT; slots++)
        for (void *block; (block = wide_pop(heap, slots * SLAB_BYTES)) != NULL;)
            block_give_back_wide(heap, block);
    return true;
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
        while (!extend(superpage, first + old_slots, slots - old_slots))
            if (!wide_give_back(heap)) return false; /* one of these may lie there */
        set_slots(slab, slots);
        if (superpage_exhausted(superpage)) superpage_give_up(heap, superpage);
    } else if (slots < old_slots) {
        set_slots(slab, slots);
        heap_release_slots(heap, superpage, first + slots, old_slots - slots);
    }
    return true;
}
