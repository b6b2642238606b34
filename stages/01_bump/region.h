/* region.h -- one piece of address space, taken from the low end up, never given back.
 *
 * The OS backs a page when it is first touched, so a large region costs nothing until it is used.
 */
#ifndef REGION_H
#define REGION_H

#include "bits.h"

struct region {
    uintptr_t base;
    uintptr_t next; /* what lies below is taken; what lies above reads as zero */
    uintptr_t end;
};

extern HIDDEN struct region region;

/** Map the region. False: the OS has no memory. */
bool region_map(void);

/** The next bytes of the region, at a multiple of align (a power of two) and at least `lead` bytes
 *  behind what was taken before; they read as zero. NULL if the region is used up. */
static inline void *region_take(size_t bytes, size_t align, size_t lead) {
    if (unlikely(region.base == 0) && !region_map()) return NULL;
    uintptr_t start = round_up(region.next + lead, align);
    if (unlikely(start < region.next || start > region.end || bytes > region.end - start))
        return NULL;
    region.next = start + bytes;
    return (void *)start;
}

/** Move the end of what was taken from `end` up to `new_end`. False: something was taken behind it,
 *  or the region is used up. */
bool region_grow_last(void *end, void *new_end);

/** Whether an address lies in what was taken from the region. */
static inline bool region_has(const void *address) {
    return (uintptr_t)address >= region.base && (uintptr_t)address < region.next;
}

/** Bytes taken so far. */
static inline size_t region_used(void) { return region.next - region.base; }

#endif
