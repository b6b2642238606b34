/* stats.h -- counters of rare events, and of calls where they are counted.
 *
 * All are relaxed atomics, touched on slow paths only, so the fast paths pay nothing. Counting
 * calls is for counted builds: there every call pays for one atomic addition.
 */
#ifndef STATS_H
#define STATS_H

#include <stddef.h>

#include "atomic.h"
#include "bits.h"
#include "config.h"

struct stats {
    _Atomic size_t mapped_bytes;
    _Atomic size_t mapped_peak_bytes;
    _Atomic size_t limit; /* of mapped_bytes (limit.h); SIZE_MAX: none */
    _Atomic size_t superpages;
    _Atomic size_t huge_blocks;
    _Atomic size_t heaps;
    _Atomic size_t threads_ended;
    _Atomic size_t superpages_adopted;
    _Atomic size_t superpages_purged;
    _Atomic size_t mappings_ended; /* for trim alone */
    _Atomic size_t mallocs;
    _Atomic size_t frees;
};

extern HIDDEN struct stats stats;

/** Note bytes that will be asked from the OS. False: the limit forbids it, nothing is noted. */
bool stats_mapped(size_t bytes);

/** Note that the OS gave what was asked for: only now it may count as the peak. */
void stats_obtained(void);

/** Note bytes returned to the OS, or not obtained. */
void stats_unmapped(size_t bytes);

/** Count a block handed out. */
static inline void count_malloc(void) {
    if (BITSLAB_COUNTED) atom_add(&stats.mallocs, 1, relaxed);
}

/** Count a block taken back. */
static inline void count_free(const void *block) {
    if (BITSLAB_COUNTED && block != NULL) atom_add(&stats.frees, 1, relaxed);
}

#endif
