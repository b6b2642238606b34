/* huge_cache.h -- mappings of freed huge blocks, for the next ones.
 *
 * Problem   Mapping, faulting and unmapping 1 MiB costs a thousand times more than a bin.
 * Idea      Freed mappings wait in slots, each one word that is swapped. They are searched from
 *           where the last one was put, so that one size back and forth is found at once; a mapping
 *           that finds no empty slot pushes another one out.
 * Decay     What was not used for a purge delay is unmapped (decay.h).
 * Guards    With guard pages the cache is a quarantine: nothing is taken from it, only pushed out.
 * Progress  wait-free, OS-bound where it unmaps.
 */
#ifndef HUGE_CACHE_H
#define HUGE_CACHE_H

#include "superpage.h"

struct mapping {
    uintptr_t base; /* 0: none */
    size_t bytes;
};

/** Keep a mapping, or unmap it. */
void huge_cache_put(struct mapping mapping);

/** A mapping of at least the bytes wanted, and at most a quarter more. Its contents are whatever
 *  they were. */
struct mapping huge_cache_take(size_t bytes);

/** Unmap something that is due. Returns whether nothing is due any more. */
bool huge_cache_decay(void);

/** An epoch began: see what is due now. */
void huge_cache_new_epoch(void);

/** Somebody needs physical memory: unmap as much of what waits here. */
void huge_cache_make_room(size_t bytes);

/** Unmap all that waits. Returns whether there was anything. */
bool huge_cache_trim(void);

/** Bytes of all mappings that wait. */
size_t huge_cached_bytes(void);

/** Return a mapping to the OS. */
void mapping_unmap(struct mapping mapping);

#endif
