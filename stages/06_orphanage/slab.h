/* slab.h -- equal bins in one or several slots of a superpage.
 *
 * Problem   Blocks of many sizes side by side fragment memory and need a header each.
 * Idea      A slab holds bins of one size and nothing else. What must be known of it lies apart,
 *           in the superpage's slot 0, with one bit per bin.
 * I1        A bin that nobody uses has its bit in exactly one place: the slab's free map, its
 *           remote map, or a heap's cursor; or its address waits in a magazine.
 * I2        used + count_bits(free map) == bin_count. Bins in cursors, magazines and the remote
 *           map count as used: for the slab they are still out.
 * I3        A slab is on its cache's list exactly when its free map is not empty.
 * Source    Bonwick 1994 sec. 3 (slabs, colouring); Kamp 1998 (a bitmap per page, kept apart).
 */
#ifndef SLAB_H
#define SLAB_H

#include "atomic.h"
#include "bits.h"
#include "config.h"
#include "list.h"
#include "size_class.h"

#define SLOT_HEADER_SHIFT 7 /* 128 bytes of slot 0 for each slot */
#define SLOT_BITS 0xf80     /* of a header's address: which slot's it is */
#define HEADERS_BYTES (SLOT_COUNT << SLOT_HEADER_SHIFT)
#define HEADER_WORDS 4        /* of a map, for which there is room in the header */
#define MAPS_AT HEADERS_BYTES /* from the headers on: 1 KiB for each slot */
#define FEW_REMOTE_AT (MAPS_AT + (SLOT_COUNT << 10)) /* then a line for each */

struct heap;

enum slab_kind {
    SLAB_FREE = 0, /* nothing here: also what purged metadata reads as */
    SLAB_BINS,     /* equal bins                                       */
    SLAB_WIDE,     /* one block, a run of slots                        */
    SLAB_HUGE      /* one block with a mapping of its own              */
};

struct slab {
    /* Constant while the slab has a kind. The first line stands in the header of every slot that
     * the slab takes, so that a free finds it from any bin. */
    _Atomic(struct heap *) owner; /* the heap whose thread may use this header; NULL: see the
                                     superpage's owner. Written by that thread only.            */
    uint64_t reciprocal;          /* 2^64 / bin_bytes, rounded up                               */
    uint32_t start;               /* address of the first bin, its low 32 bits                  */
    uint32_t bin_bytes;
    uint16_t cache_offset; /* from a heap to its cache for this class, in bytes                 */
    uint8_t kind;          /* enum slab_kind                                                    */
    uint8_t distance;      /* slots from the slab's first slot to this one                      */
    uint8_t class;
    uint8_t slots; /* slots taken                                                               */
    uint8_t words; /* words of the maps in use                                                  */
    bool sealed;   /* a first-class heap's: its bins wait in no other heap                      */
    uint16_t bin_count;
    _Atomic uintptr_t *ticket; /* SLAB_HUGE: where a first-class heap knows it from             */
    /* Owner only, first slot only; on a line of its own, since strangers who free read the first. */
    _Alignas(64) uint8_t scan; /* the word where the last search stopped                        */
    uint8_t used_words; /* words from here on were never handed out since ...                   */
    bool zero;          /* ... the slab's memory read as zero                                   */
    uint16_t used;
    uint64_t *map; /* see free_map                                                     */
    union {
        struct list link; /* SLAB_BINS: in its cache's list                                     */
        struct {          /* SLAB_WIDE, SLAB_HUGE                                               */
            size_t block_bytes;
            union {
                size_t map_bytes; /* SLAB_HUGE: the whole mapping, metadata included            */
                struct slab *next_kept; /* SLAB_WIDE: see wide.h                                */
            };
        };
    };

    uint64_t few_free[HEADER_WORDS]; /* see free_map */
};

_Static_assert(offsetof(struct slab, scan) == 64, "what a free needs is one cache line");
_Static_assert(sizeof(struct slab) == 1 << SLOT_HEADER_SHIFT, "one stands beside the other");

/** Address of the slab's first bin, or of its one block. */
static inline uintptr_t slab_start(const struct slab *slab) {
    uintptr_t header = (uintptr_t)slab;
    return (header & ~(SUPERPAGE_BYTES - 1)) | ((header & SLOT_BITS) << 9);
}

/** The header of the slab's first slot. All headers of a superpage have the same colour. */
static inline struct slab *slab_head(struct slab *slab) {
    return (struct slab *)((uintptr_t)slab - ((uintptr_t)slab->distance << SLOT_HEADER_SHIFT));
}

/* So many bytes from the page of the headers on, around the end of slot 0. */
static inline uintptr_t map_address(uintptr_t header, uintptr_t bytes) {
    uintptr_t offset = (header & ~(uintptr_t)(HEADERS_BYTES - 1)) + bytes;
    return header ^ ((header ^ offset) & (SLAB_BYTES - 1)); /* its low bits alone */
}

/** Where the free map of a slab with so many words is: few stand in the header, more behind the
 *  headers. For those who look at a header that may change meanwhile. */
static inline uint64_t *free_map_of(const struct slab *slab, unsigned words) {
    uintptr_t header = (uintptr_t)slab;
    if (words <= HEADER_WORDS) return (uint64_t *)(header + offsetof(struct slab, few_free));
    return (uint64_t *)map_address(header, MAPS_AT + ((header & SLOT_BITS) << 3));
}

/** Likewise the remote map: few words have a line of their own, not the owner's. */
static inline _Atomic uint64_t *remote_map_of(const struct slab *slab, unsigned words) {
    uintptr_t header = (uintptr_t)slab;
    uintptr_t few = FEW_REMOTE_AT + ((header & SLOT_BITS) >> 1);
    uintptr_t many = MAPS_AT + ((header & SLOT_BITS) << 3) + SLAB_WORDS_MAX * sizeof(uint64_t);
    return (_Atomic uint64_t *)map_address(header, words <= HEADER_WORDS ? few : many);
}

/** The slab's free map: a set bit is a bin to hand out. Owner only. */
static inline uint64_t *free_map(const struct slab *slab) { return slab->map; }

/** Its remote map: any thread may set bits, the owner takes whole words. */
static inline _Atomic uint64_t *remote_map(const struct slab *slab) {
    return remote_map_of(slab, slab->words);
}

/** How many slots of a slab have the header: all, or the first alone if there is just one bin,
 *  which begins there. The others look free. */
static inline unsigned header_count(unsigned bin_count, unsigned slots) {
    return bin_count == 1 ? 1 : slots;
}

static inline unsigned slab_headers(const struct slab *slab) {
    return header_count(slab->bin_count, slab->slots);
}

/** Bytes from the slab's start to a block in it. */
static inline uint32_t slab_offset(const struct slab *slab, const void *block) {
    return (uint32_t)(uintptr_t)block - slab->start;
}

/** Whether an offset is that of a bin's first byte (Lemire 2019: n * ceil(2^64 / d) mod 2^64 is
 *  below ceil(2^64 / d) exactly if d divides n). */
static inline bool slab_bin_starts_at(const struct slab *slab, uint32_t offset) {
    return offset * slab->reciprocal < slab->reciprocal;
}

/** The index of the bin that starts at offset. */
static inline unsigned slab_bin_index(const struct slab *slab, uint32_t offset) {
    return (unsigned)(((uint64_t)offset * ((slab->reciprocal >> 32) + 1)) >> 32);
}

/** Whether one of the slab's bins starts at offset; or a wide block that does not wait there. */
static inline bool slab_begins_at(const struct slab *slab, uint32_t offset) {
    return slab_bin_starts_at(slab, offset) && slab_bin_index(slab, offset) < slab->bin_count;
}

static inline bool slab_full(const struct slab *slab) { return slab->used == slab->bin_count; }

/** Whether a wide block is one that a heap keeps for its next request (wide.h). */
static inline bool slab_kept(const struct slab *slab) { return slab->bin_count == 0; }

/** Whether a wide block is nobody's: kept, or freed by a stranger and not collected yet. */
static inline bool slab_wide_waits(const struct slab *slab) {
    return slab_kept(slab) || atom_load(&remote_map_of(slab, 1)[0], relaxed) != 0;
}

/** Make a slab of the class in slots that are free; all bins are free. zero: the slots read as
 *  zero. The owner field is left to the caller. */
void slab_format(struct slab *slab, unsigned class, uint16_t cache_offset, bool zero);

/** Say that a slab is a first-class heap's. */
void slab_seal(struct slab *slab);

/** Index of the next word with free bins; the slab must have one. */
unsigned slab_next_word(struct slab *slab);

/** Take free bins out of a word of the map. Returns whether they were never handed out since
 *  their memory read as zero. */
bool slab_take(struct slab *slab, unsigned index, uint64_t bins);

#endif
