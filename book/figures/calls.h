/* calls.h -- malloc and free as a figure's page calls them. */
#ifndef FIGURE_CALLS_H
#define FIGURE_CALLS_H

#include "figure.h"

#include "bitslab.h"

/** Allocate; where the block lies. */
EXPORT uint32_t take(uint32_t size, uint32_t unused) {
    (void)unused;
    return place(bitslab_malloc(size));
}

/** Free the block that lies there. */
EXPORT uint32_t give(uint32_t at, uint32_t unused) {
    (void)unused;
    bitslab_free(at_place(at));
    return 0;
}

#endif
