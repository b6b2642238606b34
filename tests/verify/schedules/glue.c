/* glue.c -- what the explorer must know of the allocator's own variables. */
#include "explore.h"

#include <string.h>

#include "stats.h"
#include "thread.h"

_Static_assert(sizeof this_thread <= sizeof run.threads[0].registers, "fits where it is kept");

static bool within(const volatile void *at, const volatile void *start, size_t bytes) {
    return (uintptr_t)at - (uintptr_t)start < bytes;
}

bool plain_private(const volatile void *at) {
#if STAGE >= 6
    bool counted = within(at, &stats.mapped_bytes, sizeof stats.mapped_bytes) ||
                   within(at, &stats.limit, sizeof stats.limit);
    if (counted && run.scenario->counts) return false;
#endif
    return within(at, &stats, sizeof stats) || within(at, &this_thread, sizeof this_thread);
}

void registers_save(unsigned thread) {
    memcpy(run.threads[thread].registers, &this_thread, sizeof this_thread);
}

void registers_load(unsigned thread) {
    memcpy(&this_thread, run.threads[thread].registers, sizeof this_thread);
}
