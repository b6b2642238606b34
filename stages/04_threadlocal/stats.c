/* stats.c -- what the allocator has done so far. */
#include "stats.h"

#include "bitslab.h"

struct stats stats;

void stats_mapped(size_t bytes) {
    size_t now = atom_add(&stats.mapped_bytes, bytes, relaxed) + bytes;
    size_t peak = atom_load(&stats.mapped_peak_bytes, relaxed);
    /* Each failure means that another thread raised the peak. */
    while (peak < now && !atom_cas(&stats.mapped_peak_bytes, &peak, now, relaxed, relaxed)) {
    }
}

void stats_unmapped(size_t bytes) { atom_add(&stats.mapped_bytes, (size_t)0 - bytes, relaxed); }

void bitslab_stats(struct bitslab_stats *out) {
    out->mapped_bytes = atom_load(&stats.mapped_bytes, relaxed);
    out->mapped_peak_bytes = atom_load(&stats.mapped_peak_bytes, relaxed);
    out->superpages = atom_load(&stats.superpages, relaxed);
    out->huge_blocks = atom_load(&stats.huge_blocks, relaxed);
    out->heaps = atom_load(&stats.heaps, relaxed);
    out->superpages_purged = atom_load(&stats.superpages_purged, relaxed);
    out->frees_set_aside = atom_load(&stats.frees_set_aside, relaxed);
    out->mallocs = atom_load(&stats.mallocs, relaxed);
    out->frees = atom_load(&stats.frees, relaxed);
}
