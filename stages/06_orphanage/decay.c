/* decay.c -- the clock of epochs, and what one step does. */
#include "decay.h"

#include "huge_cache.h"
#include "os.h"
#include "pool.h"

_Atomic uint32_t purge_delay_ms = PURGE_DELAY_MS;

static _Atomic uint64_t calendar; /* the epoch << 32 | the ms at which it began */

uint32_t decay_epoch(void) { return (uint32_t)(atom_load(&calendar, relaxed) >> 32); }

void decay_step(void) {
    uint64_t then = atom_load(&calendar, relaxed);
    if (!pool_decay() || !huge_cache_decay()) return;
    uint32_t now = os_milliseconds();
    if (now - (uint32_t)then < atom_load(&purge_delay_ms, relaxed)) return;
    uint64_t next = ((then >> 32) + 1) << 32 | now;
    if (atom_cas(&calendar, &then, next, relaxed, relaxed)) huge_cache_new_epoch();
}
