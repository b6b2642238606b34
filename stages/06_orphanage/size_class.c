/* size_class.c -- the table of size classes, computed by the compiler. */
#include "size_class.h"

#define WASTE(bytes, slots) ((slots)*SLAB_BYTES % (bytes))
#define FITS(bytes, slots) \
    ((slots)*SLAB_BYTES >= (bytes) && WASTE(bytes, slots) * 8 <= (slots)*SLAB_BYTES)
#define ROOMY(bytes, slots) \
    (FITS(bytes, slots) && (slots)*SLAB_BYTES >= SLAB_BINS_LEAST * (uintptr_t)(bytes))
/* Of 31 slots, these leave one over at most. */
#define SLOTS(bytes)                                  \
    (ROOMY(bytes, 1)                             ? 1  \
     : ROOMY(bytes, 2)                           ? 2  \
     : ROOMY(bytes, 3)                           ? 3  \
     : ROOMY(bytes, 5)                           ? 5  \
     : ROOMY(bytes, 6)                           ? 6  \
     : ROOMY(bytes, 10) && WASTE(bytes, 10) == 0 ? 10 \
     : FITS(bytes, 3)                            ? 3  \
                                                 : 4)
#define BINS(bytes) (SLOTS(bytes) * SLAB_BYTES / (bytes))

#define CLASS(c)                                                                    \
    {                                                                               \
        .reciprocal = UINT64_MAX / CLASS_BYTES(c) + 1, .bin_bytes = CLASS_BYTES(c), \
        .bin_count = BINS(CLASS_BYTES(c)), .slots = SLOTS(CLASS_BYTES(c)),          \
        .words = (BINS(CLASS_BYTES(c)) + WORD_BINS - 1) / WORD_BINS                 \
    }
#define CLASSES_4(c) CLASS(c), CLASS((c) + 1), CLASS((c) + 2), CLASS((c) + 3)

const struct size_class size_classes[CLASS_COUNT] = {
    CLASSES_4(0),  CLASSES_4(4),  CLASSES_4(8),  CLASSES_4(12),     CLASSES_4(16),
    CLASSES_4(20), CLASSES_4(24), CLASSES_4(28), CLASSES_4(32),     CLASSES_4(36),
    CLASSES_4(40), CLASSES_4(44), CLASSES_4(48), CLASS(CLASS_ZERO),
};
