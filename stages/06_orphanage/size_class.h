/* size_class.h -- which bin serves a request.
 *
 * Problem   A slab holds bins of one size, so requests must be rounded up to few sizes.
 * Idea      Steps of 16 bytes up to 128, then four classes per doubling. A request above 64 bytes
 *           never wastes more than a fifth of its bin.
 *           Examples: 1 -> 16, 100 -> 112, 129 -> 160, 1000 -> 1024, 33 KiB -> 40 KiB.
 * Slots     A slab takes as few slots as hold three bins and leave at most an eighth of them unused:
 *           one for bins of up to 20 KiB, ten for 160 KiB. Larger bins have a slab each.
 * Aligned   n rounded up to a multiple of a power of two is served by a bin whose size is a
 *           multiple of it, so bins of an aligned slab are aligned by themselves.
 * Source    Wilson 1995 (internal fragmentation of size classes); Evans 2006 (four per doubling).
 */
#ifndef SIZE_CLASS_H
#define SIZE_CLASS_H

#include "bits.h"
#include "config.h"

/** The class of a request of n bytes, n from 1 to BIN_MAX_BYTES, by arithmetic. */
static inline unsigned class_of(size_t n) {
    if (n <= 128) return (unsigned)((n + 15) / 16 - 1);
    unsigned doubling = 63 - (unsigned)__builtin_clzll((uint64_t)n - 1);
    return 8 + (doubling - 7) * 4 + (((n - 1) >> (doubling - 2)) & 3);
}

/* The same sizes from the other side, as constant expressions. */
#define CLASS_COUNT 53
#define CLASS_ZERO 52 /* requests of 0 bytes: distinct addresses, and no memory behind them */
#define CLASS_BYTES(c)                           \
    ((c) == CLASS_ZERO ? (unsigned)BIN_MIN_BYTES \
     : (c) < 8         ? ((c) + 1) * 16u         \
                       : (5u + (c) % 4) << ((c) / 4 + 3))

/* class_of as a constant expression, for sizes up to SMALL_MAX_BYTES. */
#define LOG2_AT(n)       \
    ((n) < 256     ? 7u  \
     : (n) < 512   ? 8u  \
     : (n) < 1024  ? 9u  \
     : (n) < 2048  ? 10u \
     : (n) < 4096  ? 11u \
     : (n) < 8192  ? 12u \
     : (n) < 16384 ? 13u \
                   : 14u)
#define CLASS_ABOVE_128(n) (LOG2_AT(n) * 4 - 20 + ((n) >> (LOG2_AT(n) - 2)) % 4)
#define CLASS_OF_0 (BITSLAB_GUARD_ZERO_SIZE ? CLASS_ZERO : 0u)
#define CLASS_AT(n) \
    ((n) == 0 ? CLASS_OF_0 : (n) <= 16 ? 0u : (n) <= 128 ? ((n)-1u) / 16 : CLASS_ABOVE_128((n)-1u))

_Static_assert(CLASS_BYTES(CLASS_ZERO - 1) == BIN_MAX_BYTES, "the last class is the largest bin");

/** What a slab of a class looks like. */
struct size_class {
    uint64_t reciprocal; /* ceil(2^64 / bin_bytes): offset * reciprocal >> 64 is the bin's index */
    uint32_t bin_bytes;
    uint16_t bin_count; /* bins in a slab */
    uint8_t slots;      /* slots that a slab takes */
    uint8_t words;      /* bitmap words in use */
};

extern HIDDEN const struct size_class size_classes[CLASS_COUNT];

#endif
