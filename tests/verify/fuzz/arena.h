/* arena.h -- the memory that the virtual OS hands out: always at the same addresses, cheap to clear.
 *
 * Problem   A fresh heap for each input, 50,000 times a second, while one superpage has 2 MiB.
 * Idea      One reservation that is never unmapped, at a fixed address, so that an input is the same
 *           run each time. A bit for each page tells whether it was written: only such pages are
 *           cleared, copied or looked at.
 * Headers   The allocator writes headers without telling. Small mappings and the headers of
 *           each superpage count as written from the start; whoever gets a block notes that its
 *           slab's headers were written (shadow.c).
 * Check     What counts as clean must read as zero (arena_check_clean): a write that escaped, by
 *           us or by the allocator, to a block that nobody has, is found.
 */
#ifndef FUZZ_ARENA_H
#define FUZZ_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 128 MiB around a multiple of 64 GiB: the registry needs two leaves for it. */
#define ARENA_BYTES ((uintptr_t)128 << 20)
#define ARENA_BASE (((uintptr_t)1 << 44) - ((uintptr_t)16 << 20))

#define PIECE_BYTES ((uintptr_t)2 << 20)
#define UNIT_BYTES ((uintptr_t)64 << 10) /* mappings begin at multiples of it */

/** Reserve the addresses; once. */
void arena_reserve(void);

/** Clear all pages. */
void arena_clear(void);

/** Unmap everything. */
void arena_unmap_all(void);

/** Note that a range is about to be written. */
void arena_touch(uintptr_t at, size_t bytes);

/** Make a range read as zero. Headers count as written even so. */
void arena_zero(uintptr_t at, size_t bytes);

/** Whether a range reads as zero. */
bool arena_is_zero(uintptr_t at, size_t bytes);

/** Written pages of a range may lose their contents at any time: they are the OS's by right. */
void arena_lend(uintptr_t at, size_t bytes);

/** First page of a range that was written and neither cleared nor lent since; 0: none. */
uintptr_t arena_first_kept(uintptr_t at, size_t bytes);

/** End the run if a page that counts as clean is not. Slow. */
void arena_check_clean(void);

/** Map zeroed memory, at the lowest place that has the alignment. 0: there is none. */
uintptr_t arena_map(size_t bytes, size_t align);

/** Change the size of a whole mapping in place; 0 bytes: unmap it. False: no room behind it. */
bool arena_resize(uintptr_t base, size_t old_bytes, size_t bytes);

/** The end of the mapping in which an address lies; 0: in none. */
uintptr_t arena_mapping_end(uintptr_t at);

/** Base of the next mapping above an address; 0: there is none. */
uintptr_t arena_next_mapping(uintptr_t at);

/** Whether the allocator may write to an address at any time, without telling. */
bool arena_stays_written(uintptr_t at);

/** Bytes in all mappings. */
size_t arena_mapped_bytes(void);

/** The allocator's memset and memcpy (environment.h). */
void *arena_set(void *at, int byte, size_t bytes);
void *arena_copy(void *to, const void *from, size_t bytes);

static inline bool in_arena(uintptr_t at) { return at - ARENA_BASE < ARENA_BYTES; }

#endif
