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
#define REGION_ALIGN_BYTES ((size_t)64 * 1024)

#define BLOCK_ALIGN_BYTES 16

/* Requests beyond this fail at once: no object may be larger than PTRDIFF_MAX. */
#define REQUEST_MAX_BYTES ((size_t)PTRDIFF_MAX - REGION_ALIGN_BYTES)

/* A counted build counts calls. */
#ifndef BITSLAB_COUNTED
#define BITSLAB_COUNTED 0
#endif

_Static_assert(BLOCK_ALIGN_BYTES == 16, "malloc promises 16-byte alignment");

#endif
