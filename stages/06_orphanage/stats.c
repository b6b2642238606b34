/* stats.c -- what the allocator has done so far. */
#include "stats.h"

#include "bitslab.h"

struct stats stats = {.limit = SIZE_MAX};

/* Each failure of a compare-and-swap means that another thread has mapped or raised the peak. */
static void raise_peak(size_t now) {
    size_t peak = atom_load(&stats.mapped_peak_bytes, relaxed);
    while (peak < now && !atom_cas(&stats.mapped_peak_bytes, &peak, now, relaxed, relaxed)) {
    }
}

bool stats_mapped(size_t bytes) {
    size_t before = atom_load(&stats.mapped_bytes, relaxed);
    do {
        size_t limit = atom_load(&stats.limit, relaxed);
        if (before > limit || bytes > limit - before) return false;
        /* [LM-1] seq_cst: either we see a limit that was lowered, or who lowers it sees our bytes. */
    } while (!atom_cas(&stats.mapped_bytes, &before, before + bytes, seq_cst, relaxed));
    if (before + bytes > atom_load(&stats.limit, seq_cst)) { /* [LM-1] */
        stats_unmapped(bytes);
        return false;
    }
    return true;
}

void stats_obtained(void) { raise_peak(atom_load(&stats.mapped_bytes, relaxed)); }

void stats_unmapped(size_t bytes) { atom_add(&stats.mapped_bytes, (size_t)0 - bytes, relaxed); }

void bitslab_stats(struct bitslab_stats *out) {
    out->mapped_bytes = atom_load(&stats.mapped_bytes, relaxed);
    out->mapped_peak_bytes = atom_load(&stats.mapped_peak_bytes, relaxed);
    out->superpages = atom_load(&stats.superpages, relaxed);
    out->huge_blocks = atom_load(&stats.huge_blocks, relaxed);
    out->heaps = atom_load(&stats.heaps, relaxed);
    out->threads_ended = atom_load(&stats.threads_ended, relaxed);
    out->superpages_adopted = atom_load(&stats.superpages_adopted, relaxed);
    out->superpages_purged = atom_load(&stats.superpages_purged, relaxed);
    out->mallocs = atom_load(&stats.mallocs, relaxed);
    out->frees = atom_load(&stats.frees, relaxed);
}
