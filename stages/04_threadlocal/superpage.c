/* superpage.c -- mapping superpages, handing out their slots, giving memory back. */
#include "superpage.h"

#include "os.h"
#include "registry.h"
#include "stats.h"

struct superpage *superpage_map(void) {
    void *base = os_map(SUPERPAGE_BYTES, SUPERPAGE_BYTES);
    if (base == NULL) return NULL;
    if (!registry_add((uintptr_t)base)) {
        os_unmap(base, SUPERPAGE_BYTES);
        return NULL;
    }
    stats_mapped(SUPERPAGE_BYTES);
    atom_add(&stats.superpages, 1, relaxed);
    struct superpage *superpage = superpage_of((uintptr_t)base);
    superpage->free_slots = ALL_SLOTS;
    superpage->zero_slots = ALL_SLOTS;
    return superpage;
}

unsigned superpage_find_run(const struct superpage *superpage, unsigned count) {
    /* After each step, a set bit starts a free run of `length` slots. */
    uint32_t starts = superpage->free_slots;
    unsigned length = 1;
    while (length < count && starts != 0) {
        unsigned step = length < count - length ? length : count - length;
        starts &= starts >> step;
        length += step;
    }
    return starts != 0 ? lowest_bit(starts) : 0;
}

/* The OS's page in which the headers are, and with them the superpage's own state. */
static uintptr_t headers_page(const struct superpage *superpage) {
    return (uintptr_t)superpage & ~(uintptr_t)(os_page_bytes() - 1);
}

static bool purge_maps(uintptr_t from, uintptr_t to) {
    return from < to && os_purge((void *)from, to - from) != OS_PURGE_FAILED;
}

static bool unpurge_maps(uintptr_t from, uintptr_t to) {
    return from >= to || os_unpurge((void *)from, to - from);
}

/* Metadata may be purged but for that page: what is below it, and what is above. */
static bool purge_metadata(struct superpage *superpage) {
    uintptr_t base = superpage_base((uintptr_t)superpage);
    uintptr_t keep = headers_page(superpage);
    bool below = purge_maps(base, keep);
    return purge_maps(keep + os_page_bytes(), base + SLAB_BYTES) || below;
}

static bool unpurge_metadata(struct superpage *superpage) {
    uintptr_t base = superpage_base((uintptr_t)superpage);
    uintptr_t keep = headers_page(superpage);
    if (!unpurge_maps(base, keep)) return false;
    if (!unpurge_maps(keep + os_page_bytes(), base + SLAB_BYTES)) return false;
    superpage->purged_slots &= ~1u;
    return true;
}

/* Have the OS back a run of slots, and the metadata, if either was purged. */
static bool unpurge(struct superpage *superpage, unsigned first, unsigned count) {
    uintptr_t base = superpage_base((uintptr_t)superpage);
    if ((superpage->purged_slots & 1) && !unpurge_metadata(superpage)) return false;
    if (superpage->purged_slots & slot_run(first, count)) {
        if (!os_unpurge((void *)(base + first * SLAB_BYTES), count * SLAB_BYTES)) return false;
        superpage->purged_slots &= ~slot_run(first, count);
    }
    return true;
}

bool superpage_take_run(struct superpage *superpage, unsigned first, unsigned count, bool *zero) {
    uint32_t run = slot_run(first, count);
    if (unlikely(superpage->purged_slots != 0) && !unpurge(superpage, first, count)) return false;
    *zero = (superpage->zero_slots & run) == run;
    superpage->free_slots &= ~run;
    superpage->zero_slots &= ~run;
    superpage->touched_slots |= run;
    return true;
}

void superpage_stamp(struct superpage *superpage, struct slab *slab, struct heap *heap) {
    unsigned headers = slab_headers(slab);
    for (unsigned i = 0; i < headers; i++)
        atom_store(&superpage_slab(superpage, slab_slot(slab) + i)->owner, heap, relaxed);
}

/* Purge one run of slots and remember what became of it. False: the OS refuses. */
static bool purge_run(struct superpage *superpage, unsigned first, unsigned count) {
    uint32_t run = slot_run(first, count);
    void *start = (void *)(superpage_base((uintptr_t)superpage) + first * SLAB_BYTES);
    enum os_purged purged = os_purge(start, count * SLAB_BYTES);
    if (purged == OS_PURGE_FAILED) return false;
    if (purged == OS_PURGE_ZEROED) superpage->zero_slots |= run;
    superpage->purged_slots |= run;
    superpage->touched_slots &= ~run;
    return true;
}

bool superpage_purge(struct superpage *superpage) {
    uint32_t todo = superpage->free_slots & superpage->touched_slots;
    bool any = false;
    while (todo != 0) {
        unsigned first = lowest_bit(todo);
        unsigned count = lowest_bit(~((uint64_t)todo >> first));
        todo &= ~slot_run(first, count);
        any |= purge_run(superpage, first, count);
    }
    if (!any) return false;
    /* If no slab is left, the maps may as well read as zero. */
    if (superpage_empty(superpage) && purge_metadata(superpage)) superpage->purged_slots |= 1;
    atom_add(&stats.superpages_purged, 1, relaxed);
    return true;
}
