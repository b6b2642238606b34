/* config.h -- every constant of the allocator, checked.
 *
 * Sizes are in bytes and named so; shifts are powers of two; counts are counts. A value may be
 * overridden on the compiler's command line; one that cannot work does not compile.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdint.h>

/* Geometry: a superpage is 32 slots of 64 KiB; slot 0 holds the metadata of the others. */
#define SLAB_SHIFT 16
#define SUPERPAGE_SHIFT 21
#define SLAB_BYTES ((uintptr_t)1 << SLAB_SHIFT)
#define SUPERPAGE_BYTES ((uintptr_t)1 << SUPERPAGE_SHIFT)
#define SLOT_COUNT (SUPERPAGE_BYTES / SLAB_BYTES)

/* Bins: 16-byte steps to 128 bytes, then four size classes per doubling. */
#define BIN_MIN_BYTES 16
#define SMALL_MAX_BYTES (32 * 1024) /* up to here a table finds the class */
#define BIN_MAX_BYTES (256 * 1024)  /* the largest bin; above it blocks are runs of slots */
#define SLAB_BINS_MAX (SLAB_BYTES / BIN_MIN_BYTES)
#define SLAB_BINS_LEAST 3 /* but for bins above 160 KiB, which have a slab each */
#define WORD_BINS 64
#define SLAB_WORDS_MAX (SLAB_BINS_MAX / WORD_BINS)

/* A heap's caches: at most this many bins, or this many bytes of them, wait in a magazine. */
#ifndef MAGAZINE_COUNT
#define MAGAZINE_COUNT 256
#endif
#ifndef MAGAZINE_BYTES
#define MAGAZINE_BYTES (16 * 1024)
#endif
#define GATHER_COUNT 24 /* bins that a refill gathers from sparse words */
#define DENSE_BINS 16   /* a bitmap word with more free bins becomes the cursor whole */
#define OPEN_TRIES 8    /* superpages searched for a run of free slots */

/* Memory kept for the next user before it goes back to the OS. */
#ifndef EMPTY_SUPERPAGES_KEPT
#define EMPTY_SUPERPAGES_KEPT 8 /* by a heap, with their physical memory */
#endif
#define HUGE_CACHED_COUNT 8
#define HUGE_CACHED_BYTES ((size_t)16 << 20) /* the largest mapping that the cache keeps */
#define HUGE_CACHED_TOTAL_BYTES ((size_t)32 << 20)

/* Requests beyond this fail at once: no object may be larger than PTRDIFF_MAX. */
#define REQUEST_MAX_BYTES ((size_t)PTRDIFF_MAX - 2 * SUPERPAGE_BYTES)

/* A counted build counts calls. */
#ifndef BITSLAB_COUNTED
#define BITSLAB_COUNTED 0
#endif

_Static_assert(SLOT_COUNT == 32, "the masks of slots are 32 bits wide");
_Static_assert(BIN_MIN_BYTES == 16, "malloc promises 16-byte alignment");
_Static_assert(SMALL_MAX_BYTES < SLAB_BYTES, "a small bin fits into one slot");
_Static_assert(BIN_MAX_BYTES <= 4 * SLAB_BYTES, "a slab of the largest bin takes 4 slots");
_Static_assert(GATHER_COUNT <= WORD_BINS, "a refill gathers as many as a word at most");
_Static_assert(DENSE_BINS < WORD_BINS, "a full word must count as dense");

#endif
