/* superpage.c -- the slots of stage 3's superpages, one call at a time.
 *
 * Stages: 3
 */
#include "calls.h"

#include "superpage.h"

static struct superpage *superpage_at(uint32_t base) {
    return superpage_of((uintptr_t)at_place(base));
}

/** The slots of a superpage that are free, a bit each, ... */
EXPORT uint32_t free_slots(uint32_t base, uint32_t unused) {
    (void)unused;
    return superpage_at(base)->free_slots;
}

/** ... and those that may hold physical memory. */
EXPORT uint32_t touched_slots(uint32_t base, uint32_t unused) {
    (void)unused;
    return superpage_at(base)->touched_slots;
}

/** Of what begins in a slot that is not free: how many slots it takes, ... */
EXPORT uint32_t slots(uint32_t base, uint32_t slot) {
    return superpage_slab(superpage_at(base), slot)->slots;
}

/** ... bytes of its bins, 0 for a wide block, ... */
EXPORT uint32_t bin_bytes(uint32_t base, uint32_t slot) {
    const struct slab *slab = superpage_slab(superpage_at(base), slot);
    return slab->kind == SLAB_BINS ? slab->bin_bytes : 0;
}

/** ... how many it has, ... */
EXPORT uint32_t bins(uint32_t base, uint32_t slot) {
    return superpage_slab(superpage_at(base), slot)->bin_count;
}

/** ... and how many are out. */
EXPORT uint32_t used(uint32_t base, uint32_t slot) {
    return superpage_slab(superpage_at(base), slot)->used;
}

/** Where the header is that free finds from a block. */
EXPORT uint32_t header(uint32_t at, uint32_t unused) {
    (void)unused;
    return place(slab_of((uintptr_t)at_place(at)));
}
