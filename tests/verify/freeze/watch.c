/* watch.c -- how a victim tells the watcher where to step.
 *
 * A trap hands the thread over; from then on the watcher steps, and looks at `stepping` after each
 * step. So the thread ends the stepping by storing false, and nothing else is needed.
 */
#define _GNU_SOURCE
#include <unistd.h>

#include "freeze.h"

static _Thread_local bool watched; /* this thread is between watch_begin and watch_end */

static void step(void) {
    atomic_store(&shared->stepping, true);
    __asm__ volatile("int3");
}

void watch_begin(void) {
    atomic_fetch_add(&shared->watch, 1);
    watched = true;
    step();
}

void watch_end(void) {
    atomic_store(&shared->stepping, false);
    watched = false;
}

bool watch_pause(void) {
    bool paused = watched;
    if (paused) atomic_store(&shared->stepping, false);
    watched = false;
    return paused;
}

void watch_resume(bool paused) {
    if (!paused) return;
    watched = true;
    step();
}

void watch_me(void) {
    uint32_t me = (uint32_t)gettid();
    atomic_store(&shared->victim, me);
    word_wake(&shared->victim);
    while (atomic_load(&shared->seized) != me) {
        uint32_t seized = atomic_load(&shared->seized);
        if (seized != me) word_wait(&shared->seized, seized, 1000);
    }
}
