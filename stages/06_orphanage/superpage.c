/* superpage.c -- mapping superpages, handing out their slots, giving memory back. */
#include "superpage.h"

#include "mapping.h"
#include "memory_tools.h"
#include "os.h"
#include "registry.h"
#include "stats.h"

static _Atomic(struct superpage *) newest_one;

struct superpage *superpage_newest(void) {
    return atom_load(&newest_one, acquire); /* [SP-1] */
}

static void enter(struct superpage *superpage) {
    struct superpage *before = atom_load(&newest_one, relaxed);
    do {
        superpage->made_before = before;
        /* [SP-1] release: whoever finds it finds its header written. */
    } while (!atom_cas(&newest_one, &before, superpage, release, relaxed));
}

struct superpage *superpage_map(void) {
    void *base = mapping_make(SUPERPAGE_BYTES, SUPERPAGE_BYTES);
    if (base == NULL) return NULL;
    if (!registry_add((uintptr_t)base)) {
        mapping_end(base, SUPERPAGE_BYTES);
        return NULL;
    }
    tool_mapped(base, SUPERPAGE_BYTES);
    tool_forbid((char *)base + SLAB_BYTES, SUPERPAGE_BYTES - SLAB_BYTES);
    atom_add(&stats.superpages, 1, relaxed);
    struct superpage *superpage = superpage_of((uintptr_t)base);
    superpage->free_slots = ALL_SLOTS;
    superpage->zero_slots = ALL_SLOTS;
    if (BITSLAB_GUARD_PAGES) superpage_close(superpage, 1, SLOT_COUNT - 1);
    else if (BITSLAB_GUARD_UNUSED && !MEMORY_TOOLS)
        superpage_close(superpage, SLOT_COUNT / 2, SLOT_COUNT / 2);
    enter(superpage);
    return superpage;
}

/* The lowest run in a set of slots; 0 if there is none. */
static unsigned find_run(uint32_t slots, unsigned count) {
    /* After each step, a set bit starts a run of `length` slots. */
    uint32_t starts = slots;
    unsigned length = 1;
    while (length < count && starts != 0) {
        unsigned step = length < count - length ? length : count - length;
        starts &= starts >> step;
        length += step;
    }
    return starts != 0 ? lowest_bit(starts) : 0;
}

unsigned superpage_find_run(const struct superpage *superpage, unsigned count) {
    return find_run(superpage->free_slots, count);
}

unsigned superpage_find_touched_run(const struct superpage *superpage, unsigned count) {
    return find_run(superpage->free_slots & superpage->touched_slots, count);
}

/* The OS's page in which the headers are, and with them the superpage's own state. */
static uintptr_t headers_page(const struct superpage *superpage) {
    return (uintptr_t)superpage & ~(uintptr_t)(os_page_bytes() - 1);
}

static bool purge_maps(uintptr_t from, uintptr_t to) {
    return from < to && os_reset((void *)from, to - from) != OS_PURGE_FAILED;
}

static bool unpurge_maps(uintptr_t from, uintptr_t to) {
    return from >= to || os_unpurge((void *)from, to - from);
}

/* Metadata may be purged but for that page: what is below it, and what is above. Observers may
 * still read maps (I5), so they must allow access meanwhile. */
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

static void *slot_start(const struct superpage *superpage, unsigned slot) {
    return (void *)(superpage_base((uintptr_t)superpage) + slot * SLAB_BYTES);
}

void superpage_close(struct superpage *superpage, unsigned first, unsigned count) {
    if (os_protect(slot_start(superpage, first), count * SLAB_BYTES, false))
        superpage->closed_slots |= slot_run(first, count);
}

/* Allow access to a run; without guard pages to all free slots, since more will be taken soon. */
static bool open(struct superpage *superpage, uint32_t run) {
    uint32_t todo = superpage->closed_slots & (BITSLAB_GUARD_PAGES ? run : superpage->free_slots);
    while (todo != 0) {
        unsigned first = lowest_bit(todo);
        unsigned count = lowest_bit(~((uint64_t)todo >> first));
        if (!os_protect(slot_start(superpage, first), count * SLAB_BYTES, true)) return false;
        superpage->closed_slots &= ~slot_run(first, count);
        todo &= ~slot_run(first, count);
    }
    return true;
}

bool superpage_take_run(struct superpage *superpage, unsigned first, unsigned count, bool *zero) {
    uint32_t run = slot_run(first, count);
    if (unlikely(superpage->purged_slots != 0) && !unpurge(superpage, first, count)) return false;
    if (unlikely((superpage->closed_slots & run) != 0) && !open(superpage, run)) return false;
    *zero = (superpage->zero_slots & run) == run;
    superpage->free_slots &= ~run;
    superpage->zero_slots &= ~run;
    superpage->idle_slots &= ~run;
    superpage->touched_slots |= run;
    return true;
}

void superpage_stamp(struct superpage *superpage, struct slab *slab, struct heap *heap) {
    uint32_t bit = slot_bit(slab_slot(slab));
    unsigned headers = slab_headers(slab);
    for (unsigned i = 0; i < headers; i++)
        atom_store(&superpage_slab(superpage, slab_slot(slab) + i)->owner, heap, relaxed);
    if (heap != NULL) superpage->stamped_slots |= bit;
    else superpage->stamped_slots &= ~bit;
}

/* Purge one run of slots and remember what became of it. False: the OS refuses. */
static bool purge_run(struct superpage *superpage, unsigned first, unsigned count) {
    uint32_t run = slot_run(first, count);
    enum os_purged purged = os_purge(slot_start(superpage, first), count * SLAB_BYTES);
    if (purged == OS_PURGE_FAILED) return false;
    if (purged == OS_PURGE_ZEROED) superpage->zero_slots |= run;
    superpage->purged_slots |= run;
    superpage->touched_slots &= ~run;
    return true;
}

static bool purge_slots(struct superpage *superpage, uint32_t todo) {
    bool any = false;
    while (todo != 0) {
        unsigned first = lowest_bit(todo);
        unsigned count = lowest_bit(~((uint64_t)todo >> first));
        todo &= ~slot_run(first, count);
        any |= purge_run(superpage, first, count);
    }
    if (any) atom_add(&stats.superpages_purged, 1, relaxed);
    return any;
}

bool superpage_purge(struct superpage *superpage) {
    if (!purge_slots(superpage, superpage->free_slots & superpage->touched_slots)) return false;
    /* If no slab is left, the maps may as well read as zero. */
    if (superpage_empty(superpage) && purge_metadata(superpage)) superpage->purged_slots |= 1;
    return true;
}

void superpage_decay(struct superpage *superpage) {
    uint32_t waiting = superpage->free_slots & superpage->touched_slots;
    purge_slots(superpage, superpage->idle_slots & waiting);
    superpage->idle_slots = waiting;
}
