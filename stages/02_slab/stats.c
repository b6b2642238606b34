/* stats.c -- what the allocator has done so far. */
#include "stats.h"

#include "bitslab.h"
#include "region.h"

struct stats stats;

void bitslab_stats(struct bitslab_stats *out) {
    out->mapped_bytes = region_used();
    out->mapped_peak_bytes = region_used(); /* it never shrinks */
    out->mallocs = stats.mallocs;
    out->frees = stats.frees;
}
