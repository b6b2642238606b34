/* slab.c -- a slab of stage 2: its free map, one call at a time.
 *
 * Stages: 2
 */
#include "calls.h"

#include "slab.h"

static struct slab *slab_at(uint32_t at) { return slab_of((uintptr_t)at_place(at)); }

/** Of the slab that a block lies in: where its first bin is, ... */
EXPORT uint32_t first_bin(uint32_t at, uint32_t unused) {
    (void)unused;
    return place((void *)slab_start(slab_at(at)));
}

/** ... bytes of each, ... */
EXPORT uint32_t bin_bytes(uint32_t at, uint32_t unused) {
    (void)unused;
    return slab_at(at)->bin_bytes;
}

/** ... how many there are, ... */
EXPORT uint32_t bins(uint32_t at, uint32_t unused) {
    (void)unused;
    return slab_at(at)->bin_count;
}

/** ... how many are out, ... */
EXPORT uint32_t used(uint32_t at, uint32_t unused) {
    (void)unused;
    return slab_at(at)->used;
}

/** ... from which on none was ever handed out, ... */
EXPORT uint32_t used_bins(uint32_t at, uint32_t unused) {
    (void)unused;
    return slab_at(at)->used_bins;
}

/** ... and half a word of its free map. */
EXPORT uint32_t free_half(uint32_t at, uint32_t half) {
    return (uint32_t)(slab_at(at)->free[half / 2] >> half % 2 * 32);
}
