/* stats.h -- counters of rare events, and of calls where they are counted.
 *
 * Counting calls is for counted builds.
 */
#ifndef STATS_H
#define STATS_H

#include <stddef.h>

#include "bits.h"
#include "config.h"

struct stats {
    size_t mapped_bytes;
    size_t mapped_peak_bytes;
    size_t superpages;
    size_t huge_blocks;
    size_t superpages_purged;
    size_t mallocs;
    size_t frees;
};

extern HIDDEN struct stats stats;

/** Note bytes obtained from the OS. */
void stats_mapped(size_t bytes);

/** Note bytes returned to the OS. */
void stats_unmapped(size_t bytes);

/** Count a block handed out. */
static inline void count_malloc(void) {
    if (BITSLAB_COUNTED) stats.mallocs++;
}

/** Count a block taken back. */
static inline void count_free(const void *block) {
    if (BITSLAB_COUNTED && block != NULL) stats.frees++;
}

#endif
