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
#define CLASS_COUNT 52
#define CLASS_BYTES(c) ((c) < 8 ? ((c) + 1) * 16u : (5u + (c) % 4) << ((c) / 4 + 3))

_Static_assert(CLASS_BYTES(CLASS_COUNT - 1) == BIN_MAX_BYTES, "the last class is the largest bin");

/** What a slab of a class looks like. */
struct size_class {
    uint32_t bin_bytes;
    uint16_t bin_count; /* bins in a slab */
    uint8_t slots;      /* slots that a slab takes */
    uint8_t words;      /* bitmap words in use */
};

extern HIDDEN const struct size_class size_classes[CLASS_COUNT];

#endif
