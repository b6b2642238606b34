/* size_class.c -- the table of size classes, computed by the compiler. */
#include "size_class.h"

#include "slab.h"

/* The largest power of two that divides n: bins are aligned to it. */
#define ALIGN_OF(n) ((n) & (~(n) + 1))
#define ROUND_UP(n, align) (((n) + (align)-1) / (align) * (align))
#define FIRST_BIN(bytes) ROUND_UP((uint32_t)sizeof(struct slab), ALIGN_OF(bytes))
#define BINS(bytes) ((SLAB_BYTES - FIRST_BIN(bytes)) / (bytes))

#define CLASS(c)                                                             \
    {                                                                        \
        .bin_bytes = CLASS_BYTES(c), .first_bin = FIRST_BIN(CLASS_BYTES(c)), \
        .bin_count = BINS(CLASS_BYTES(c)),                                   \
        .words = (BINS(CLASS_BYTES(c)) + WORD_BINS - 1) / WORD_BINS          \
    }
#define CLASSES_4(c) CLASS(c), CLASS((c) + 1), CLASS((c) + 2), CLASS((c) + 3)

const struct size_class size_classes[CLASS_COUNT] = {
    CLASSES_4(0),  CLASSES_4(4),  CLASSES_4(8),  CLASSES_4(12), CLASSES_4(16),
    CLASSES_4(20), CLASSES_4(24), CLASSES_4(28), CLASSES_4(32), CLASSES_4(36),
};
