/* reuse.h -- does a bin that was freed serve again? */
#ifndef TESTS_SUPPORT_REUSE_H
#define TESTS_SUPPORT_REUSE_H

#include <stdbool.h>
#include <stddef.h>

#include "bitslab.h"
#include "support/flavour.h"

/* Where bins don't come back in turn, one must come back within so many requests of its class. With
 * a quarantine, each of a slab's words is used until all of its bins wait there, about 300 requests:
 * a bin that misses its word's turn comes back when the other 63 words had theirs, after 17,000 to
 * 22,000. */
#define REUSE_TURNS (BINS_IN_TURN ? 1 : 60000)

/** Whether a bin just freed is handed out again: to the next request of its size, unless the
 *  flavour says otherwise. It is free again afterwards. */
static inline bool serves_again(const void *bin, size_t size) {
    bool seen = false;
    for (unsigned turn = 0; turn < REUSE_TURNS && !seen; turn++) {
        void *block = bitslab_malloc(size);
        seen = block == bin;
        bitslab_free(block);
    }
    return seen;
}

#endif
