/* config.h -- every constant of the allocator, checked.
 *
 * Sizes are in bytes and named so; shifts are powers of two; counts are counts. A value may be
 * overridden on the compiler's command line; one that cannot work does not compile.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdint.h>

/* All memory comes from one region. */
#ifndef REGION_BYTES
#define REGION_BYTES ((size_t)1 << 30)
#endif
#define REGION_MIN_BYTES ((size_t)1 << 20) /* less than this is no use */

/* Geometry: slabs of 64 KiB, aligned. */
#define SLAB_SHIFT 16
#define SLAB_BYTES ((uintptr_t)1 << SLAB_SHIFT)

/* Bins: 16-byte steps to 128 bytes, then four size classes per doubling. */
#define BIN_MIN_BYTES 16
#define BIN_MAX_BYTES (32 * 1024) /* the largest bin; above it a block has slabs of its own */
#define SLAB_BINS_MAX (SLAB_BYTES / BIN_MIN_BYTES)
#define WORD_BINS 64
#define SLAB_WORDS_MAX (SLAB_BINS_MAX / WORD_BINS)
#define ALIGN_MAX_BYTES ((size_t)32 * 1024)

/* Requests beyond this fail at once: no object may be larger than PTRDIFF_MAX. */
#define REQUEST_MAX_BYTES ((size_t)PTRDIFF_MAX - 2 * SLAB_BYTES)

/* A counted build counts calls. */
#ifndef BITSLAB_COUNTED
#define BITSLAB_COUNTED 0
#endif

_Static_assert(BIN_MIN_BYTES == 16, "malloc promises 16-byte alignment");
_Static_assert(BIN_MAX_BYTES <= SLAB_BYTES / 2, "the largest bin fits behind the slab's header");

#endif
