/* bump.c -- the region of stage 1, one call at a time.
 *
 * Stages: 1
 */
#include "figure.h"

#include "bitslab.h"
#include "block.h"
#include "region.h"

/** Allocate; where the block lies. */
EXPORT uint32_t take(uint32_t size, uint32_t unused) {
    (void)unused;
    return place(bitslab_malloc(size));
}

/** Allocate at an alignment. */
EXPORT uint32_t take_aligned(uint32_t align, uint32_t size) {
    return place(bitslab_aligned_alloc(align, size));
}

/** Free the block that lies there; where `next` is afterwards. */
EXPORT uint32_t give(uint32_t at, uint32_t unused) {
    (void)unused;
    bitslab_free(at_place(at));
    return (uint32_t)region_used();
}

/** Resize the block that lies there; where it lies afterwards. */
EXPORT uint32_t resize(uint32_t at, uint32_t size) {
    return place(bitslab_realloc(at_place(at), size));
}

/** The size in the header before a block. */
EXPORT uint32_t header_bytes(uint32_t at, uint32_t unused) {
    (void)unused;
    return (uint32_t)header_of(at_place(at))->bytes;
}

/** Where the next block's header begins. */
EXPORT uint32_t next(uint32_t unused, uint32_t unused_too) {
    (void)unused, (void)unused_too;
    return (uint32_t)region_used();
}
