/* threads.h -- several threads on one: whose turn it is, who ended, who never runs again.
 *
 * Idea      All that the allocator knows of the running thread is the variable this_thread, and the
 *           hook that the OS calls at its end. Saving and loading these switches threads, between
 *           calls and at no cost, so an input is one schedule, and the same one each time.
 * Not here  Switches within a call: those are explored by other rungs.
 */
#ifndef FUZZ_THREADS_H
#define FUZZ_THREADS_H

#include <stdbool.h>

#include "thread.h"

#define THREADS 4
#define STOPPED_MAX 8

/** All threads are new. */
void threads_reset(void);

/** Continue as this thread. */
void threads_run(unsigned number);

/** The thread that runs. */
unsigned threads_current(void);

/** The running thread ends: its hook is called. It may still be run, as destructors are that come
 *  after the hook. */
void threads_exit(void);

/** The running thread ends for good, and another one begins. */
void threads_start(void);

/** The running thread never runs again, or not before the end; another one begins in its place.
 *  False: too many have stopped already. */
bool threads_stop(void);

/** Whether a heap belongs to the running thread or to one that can still run. */
bool threads_can_run(const struct heap *heap);

/** Whether a thread that stopped has the bin in its quarantine. */
bool threads_stopped_with(const void *bin);

/** Everybody ends; those that were stopped too, if `revive`. Returns how many heaps are lost, with
 *  what they own, since their threads never run again. */
unsigned threads_finish(bool revive);

/** The OS layer's: call this when the running thread ends. */
void threads_on_exit(void (*callback)(void *), void *argument);

#endif
