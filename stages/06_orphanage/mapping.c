/* mapping.c -- mapping and unmapping. */
#include "mapping.h"

#include "config.h"
#include "options.h"
#include "os.h"
#include "stats.h"

/* Where the system gives huge pages to whoever doesn't object, one byte in a superpage would take 2 MiB,
 * and what is purged in it a huge page's end. A huge block is the program's to fill. */
static void advise(void *base, size_t bytes) {
    bool block = bytes > SUPERPAGE_BYTES;
    if (bytes < SUPERPAGE_BYTES) return;
    switch (option(OPTION_THP)) {
    case THP_LEAN:
        if (!block) os_hint_huge(base, bytes, false);
        break;
    case THP_NEVER: os_hint_huge(base, bytes, false); break;
    case THP_ADVISE: os_hint_huge(base, bytes, block); break;
    case THP_ALWAYS: os_hint_huge(base, bytes, true); break;
    default: break;
    }
}

void *mapping_make(size_t bytes, size_t align) {
    if (!stats_mapped(bytes)) return NULL;
    void *base = os_map(bytes, align);
    if (base == NULL) {
        stats_unmapped(bytes);
        return NULL;
    }
    stats_obtained();
    advise(base, bytes);
    return base;
}

void mapping_end(void *base, size_t bytes) {
    os_unmap(base, bytes);
    stats_unmapped(bytes);
    atom_add(&stats.mappings_ended, 1, relaxed);
}
