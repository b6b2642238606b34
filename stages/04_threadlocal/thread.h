/* thread.h -- which heap is this thread's.
 *
 * Problem   A thread must find its heap in one instruction, before its first allocation too.
 * Idea      A thread-local pointer that starts at the empty heap, so that fast paths need no test:
 *           they find every cache empty and no slab theirs.
 * Exit      Nobody is told that a thread ends: its heap, with all memory in it, is lost.
 */
#ifndef THREAD_H
#define THREAD_H

#include "heap.h"

struct thread {
    struct heap *heap; /* &empty_heap before the first allocation */
};

extern HIDDEN _Thread_local struct thread this_thread;

/** This thread's heap, made if need be; NULL if the OS has no memory. Lock-free, OS-bound. */
struct heap *thread_heap(void);

#endif
