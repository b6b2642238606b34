/* stats.h -- counters of calls, where they are counted.
 *
 * Counting calls is for counted builds.
 */
#ifndef STATS_H
#define STATS_H

#include <stddef.h>

#include "bits.h"
#include "config.h"

struct stats {
    size_t mallocs;
    size_t frees;
};

extern HIDDEN struct stats stats;

/** Count a block handed out. */
static inline void count_malloc(void) {
    if (BITSLAB_COUNTED) stats.mallocs++;
}

/** Count a block taken back. */
static inline void count_free(const void *block) {
    if (BITSLAB_COUNTED && block != NULL) stats.frees++;
}

#endif
