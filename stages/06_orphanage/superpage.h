/* superpage.h -- 2 MiB of aligned memory: 31 slots for slabs, and slot 0 for what must be known.
 *
 * Problem   From a bare pointer, free must find the slab; and headers between the blocks are
 *           what overflows reach first.
 * Idea      Superpages are aligned, so masking an address gives the superpage, five bits of it
 *           the slot. Slot 0 holds a page of headers, one for each slot, and then the bitmaps.
 * Colour    Superpages differ in high address bits only, so equal offsets would all fall into the
 *           same cache sets. Four bits of the superpage's number say in which 4 KiB of slot 0 its
 *           headers are.
 * I4        A slot is free, or it belongs to one slab, wide block, or nothing else.
 * I5        Slot 0 is type-stable: once mapped, a superpage stays a superpage for ever, so a
 *           stranger who is late touches a header and never somebody's data.
 * I6        slab->owner == H implies superpage->owner == H.
 * Source    Schneider 2006 (superpages, masking); Bonwick 1994 sec. 4 (colouring);
 *           Reitz 2024 (metadata apart from data).
 */
#ifndef SUPERPAGE_H
#define SUPERPAGE_H

#include "slab.h"

/* Of an address shifted by 9; between guard pages, no headers lie beside slot 1. */
#define COLOUR_BITS (BITSLAB_GUARD_PAGES ? 0x7000u : 0xf000u)
/* The slots to take; between guard pages, the ones beside metadata are left out. */
#define ALL_SLOTS (BITSLAB_GUARD_PAGES ? 0x7ffffffcu : 0xfffffffeu)

struct superpage {
    /* Any thread; own line, so that strangers' notices don't slow the owner. */
    _Alignas(64) _Atomic uint32_t notice; /* slots whose remote map is worth a look             */
    _Atomic(struct heap *) owner;         /* a heap, or one of the values below                 */
    _Atomic uint32_t next_in_pool;
    _Atomic uint32_t next_orphan;
    _Atomic uint32_t on_orphanage; /* 1: on the orphanage's stack, or just popped        */
    struct superpage *made_before; /* all superpages ever mapped, newest first; constant */
    struct heap *let_go_by;        /* the last owner to do so; read and written by owners  */
    bool spent;                    /* owner only: all handed out once, and kept so far     */
    /* Owner only. */
    _Alignas(64) struct list link; /* in the heap's list of all its superpages                  */
    struct list open_link;         /* in the heap's list of those with free slots               */
    uint32_t free_slots;           /* a bit per slot                                            */
    uint32_t listed_slots;         /* first slots of slabs that have free bins                  */
    uint32_t stamped_slots;        /* first slots of slabs whose owner field is set             */
    uint32_t zero_slots;           /* free slots that read as zero                              */
    uint32_t touched_slots;        /* slots that may hold physical memory                       */
    uint32_t purged_slots;         /* slots to unpurge before use; bit 0: the metadata          */
    uint32_t closed_slots;         /* slots in which no access is allowed                       */
    uint32_t idle_slots;           /* free ones not taken since superpage_decay looked          */
};

/* Owners that are no heap. Purged metadata reads as zero, which must mean the harmless one. */
#define OWNER_POOL ((struct heap *)0)   /* nothing in it is used                                */
#define OWNER_NOBODY ((struct heap *)1) /* whoever wants it may claim it (orphanage.h)          */

_Static_assert(sizeof(struct superpage) == 128, "a line for all, and one for the owner");
_Static_assert(sizeof(struct superpage) <= 1 << SLOT_HEADER_SHIFT, "it is slot 0's header");
_Static_assert(HEADERS_BYTES << 4 == SLAB_BYTES, "slot 0 has sixteen places for the headers");

static inline uintptr_t superpage_base(uintptr_t address) {
    return address & ~(SUPERPAGE_BYTES - 1);
}

/** The offset of the headers of a superpage within its slot 0. */
static inline uintptr_t superpage_colour(uintptr_t address) { return (address >> 9) & COLOUR_BITS; }

/** Number of the slot that an address lies in. */
static inline unsigned slot_of(uintptr_t address) {
    return (unsigned)(address >> SLAB_SHIFT) % SLOT_COUNT;
}

static inline uint32_t slot_bit(unsigned slot) { return (uint32_t)1 << slot; }

/** Bits of count slots from first on. */
static inline uint32_t slot_run(unsigned first, unsigned count) {
    return (uint32_t)low_bits(count) << first;
}

/** The header of the slot that an address lies in; the address must not lie in slot 0. One mask is
 *  for the colour and the slot. */
static inline struct slab *slab_of(uintptr_t address) {
    return (struct slab *)(superpage_base(address) | ((address >> 9) & (COLOUR_BITS | SLOT_BITS)));
}

static inline struct superpage *superpage_of(uintptr_t address) {
    return (struct superpage *)(superpage_base(address) | superpage_colour(address));
}

/** The header of a slot. */
static inline struct slab *superpage_slab(struct superpage *superpage, unsigned slot) {
    return (struct slab *)((uintptr_t)superpage + ((uintptr_t)slot << SLOT_HEADER_SHIFT));
}

/** Number of a slab's first slot. */
static inline unsigned slab_slot(const struct slab *slab) {
    return slot_of((uintptr_t)slab << (SLAB_SHIFT - SLOT_HEADER_SHIFT));
}

/** Nothing can be allocated in it: no free slot, no slab with a free bin. */
static inline bool superpage_exhausted(const struct superpage *superpage) {
    return (superpage->free_slots | superpage->listed_slots) == 0;
}

static inline bool superpage_empty(const struct superpage *superpage) {
    return superpage->free_slots == ALL_SLOTS;
}

/** Whether the superpage is the heap's. What was given away may be anybody's at once, so this must
 *  be asked again after any call that may give it away. */
static inline bool superpage_owned(struct superpage *superpage, const struct heap *heap) {
    return atom_load(&superpage->owner, relaxed) == heap;
}

/** Map a superpage, all of its slots free. NULL if the OS has no memory. */
struct superpage *superpage_map(void);

/** The superpage mapped last; superpage->made_before leads to all others, and may be followed at any
 *  time, since superpages are never unmapped. */
struct superpage *superpage_newest(void);

/** First slot of a run of free slots, the lowest; 0 if there is none. */
unsigned superpage_find_run(const struct superpage *superpage, unsigned count);

/** Likewise, of slots that may hold physical memory already. */
unsigned superpage_find_touched_run(const struct superpage *superpage, unsigned count);

/** Take free slots. False: the OS refuses to back them. */
bool superpage_take_run(struct superpage *superpage, unsigned first, unsigned count, bool *zero);

/** Forbid all access to a run of slots, if the OS can; whoever takes them has it allowed again. */
void superpage_close(struct superpage *superpage, unsigned first, unsigned count);

/** Say in a slab's headers which heap owns it; NULL: look at the superpage. Owner only. */
void superpage_stamp(struct superpage *superpage, struct slab *slab, struct heap *heap);

/** Give the physical memory of all free slots back to the OS; if everything is free, that of the
 *  metadata too, but for the headers. Returns whether there was any. */
bool superpage_purge(struct superpage *superpage);

/** Give back the physical memory of slots that are free and were not taken since the last call. */
void superpage_decay(struct superpage *superpage);

#endif
