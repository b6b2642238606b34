/* stats.c -- what the allocator has done so far. */
#include "stats.h"

#include "bitslab.h"

struct stats stats;

void stats_mapped(size_t bytes) {
    stats.mapped_bytes += bytes;
    if (stats.mapped_peak_bytes < stats.mapped_bytes) stats.mapped_peak_bytes = stats.mapped_bytes;
}

void bitslab_stats(struct bitslab_stats *out) {
    out->mapped_bytes = stats.mapped_bytes;
    out->mapped_peak_bytes = stats.mapped_peak_bytes;
    out->mallocs = stats.mallocs;
    out->frees = stats.frees;
}
