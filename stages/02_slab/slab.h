/* slab.h -- equal bins in 64 KiB, behind a header with one bit per bin.
 *
 * Problem   Blocks of many sizes side by side fragment memory and need a header each.
 * Idea      A slab holds bins of one size and nothing else but a header at its start. Slabs are
 *           aligned, so masking a pointer gives its slab.
 * I1        A bin that nobody uses has its bit set in the slab's free map, and no other bin has.
 * I2        used + count_bits(free map) == bin_count.
 * I3        A slab is on its cache's list exactly when its free map is not empty.
 * Source    Bonwick 1994 sec. 3 (slabs); Kamp 1998 (a bitmap per page).
 */
#ifndef SLAB_H
#define SLAB_H

#include "bits.h"
#include "config.h"
#include "list.h"
#include "size_class.h"

enum slab_kind {
    SLAB_FREE = 0, /* nothing here                          */
    SLAB_BINS,     /* equal bins                            */
    SLAB_WIDE      /* one block, in slabs of its own        */
};

struct slab {
    /* Constant while the slab has a kind. */
    uint32_t start; /* offset of the first bin, or of the one block                             */
    uint32_t bin_bytes;
    uint8_t kind; /* enum slab_kind                                                             */
    uint8_t class;
    uint8_t words; /* words of the map in use                                              */
    bool zero;     /* the slab's memory read as zero; ...                                  */
    uint16_t bin_count;
    uint16_t used_bins; /* ... bins from here on were never handed out since                    */
    uint16_t used;
    union {
        struct list link;   /* SLAB_BINS: in its cache's list                                   */
        size_t block_bytes; /* SLAB_WIDE                                                        */
    };

    _Alignas(64) uint64_t free[SLAB_WORDS_MAX]; /* a set bit is a bin to hand out               */
};

/** The header of the slab that an address lies in. */
static inline struct slab *slab_of(uintptr_t address) {
    return (struct slab *)(address & ~(SLAB_BYTES - 1));
}

/** Address of the slab's first bin, or of its one block. */
static inline uintptr_t slab_start(const struct slab *slab) {
    return (uintptr_t)slab + slab->start;
}

/** Bytes from the slab's start to a block in it. */
static inline uint32_t slab_offset(const struct slab *slab, const void *block) {
    return (uint32_t)((uintptr_t)block - slab_start(slab));
}

/** Whether an offset is that of a bin's first byte. */
static inline bool slab_bin_starts_at(const struct slab *slab, uint32_t offset) {
    return offset % slab->bin_bytes == 0;
}

/** The index of the bin that starts at offset. */
static inline unsigned slab_bin_index(const struct slab *slab, uint32_t offset) {
    return offset / slab->bin_bytes;
}

static inline bool slab_full(const struct slab *slab) { return slab->used == slab->bin_count; }

/** Make a slab of the class in 64 KiB that read as zero; all bins are free. */
void slab_format(struct slab *slab, unsigned class);

/** Index of the lowest free bin; the slab must have one. */
unsigned slab_next_bin(const struct slab *slab);

/** Take a free bin out of the map. Returns whether it was never handed out since its memory read
 *  as zero. */
bool slab_take(struct slab *slab, unsigned bin);

#endif
