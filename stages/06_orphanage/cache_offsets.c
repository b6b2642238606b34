/* cache_offsets.c -- from a small request to its cache, by one load.
 *
 * The offset of the cache in the heap rather than the class's number: it saves a multiplication.
 * Not constant: while the heap is sampled, requests go to each class's second cache (sampler.h).
 */
#include "heap.h"

#define OFFSET(i) \
    (uint16_t)(offsetof(struct heap, caches) + CLASS_AT((i)*16u) * sizeof(struct cache))
#define OFFSETS_4(i) OFFSET(i), OFFSET((i) + 1), OFFSET((i) + 2), OFFSET((i) + 3)
#define OFFSETS_16(i) OFFSETS_4(i), OFFSETS_4((i) + 4), OFFSETS_4((i) + 8), OFFSETS_4((i) + 12)
#define OFFSETS_64(i) \
    OFFSETS_16(i), OFFSETS_16((i) + 16), OFFSETS_16((i) + 32), OFFSETS_16((i) + 48)
#define OFFSETS_256(i) \
    OFFSETS_64(i), OFFSETS_64((i) + 64), OFFSETS_64((i) + 128), OFFSETS_64((i) + 192)

uint16_t cache_offsets[SMALL_MAX_BYTES / 16 + 1] = {
    OFFSETS_256(0),    OFFSETS_256(256),  OFFSETS_256(512),  OFFSETS_256(768), OFFSETS_256(1024),
    OFFSETS_256(1280), OFFSETS_256(1536), OFFSETS_256(1792), OFFSET(2048),
};
