/* threads.h -- malloc and free by several threads, in a module that has one.
 *
 * Which of them the module plays is what its thread-local variable says.
 */
#ifndef FIGURE_THREADS_H
#define FIGURE_THREADS_H

#include "figure.h"

#include "bitslab.h"
#include "thread.h"

#define NEW_THREAD \
    { .heap = &empty_heap }

static struct thread threads[FIGURE_THREADS] = {NEW_THREAD, NEW_THREAD, NEW_THREAD};

static void enter(uint32_t thread) {
    figure_thread = thread;
    this_thread = threads[thread];
}

static void leave(void) { threads[figure_thread] = this_thread; }

/** A thread allocates; where the block lies. */
EXPORT uint32_t take(uint32_t thread, uint32_t size) {
    enter(thread);
    uint32_t at = place(bitslab_malloc(size));
    leave();
    return at;
}

/** A thread frees a block. */
EXPORT uint32_t give(uint32_t thread, uint32_t at) {
    enter(thread);
    bitslab_free(at_place(at));
    leave();
    return 0;
}

#endif
