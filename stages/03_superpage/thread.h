/* thread.h -- one thread may call.
 *
 * Two threads in one heap would corrupt it, so the first one that calls keeps the heap to itself,
 * and any other is told to take stage 4.
 */
#ifndef THREAD_H
#define THREAD_H

#include <stdatomic.h>

#include "heap.h"

extern HIDDEN struct heap the_heap;
extern HIDDEN _Thread_local char thread_here; /* its address is different in every thread */
extern HIDDEN _Atomic(char *) thread_first;   /* that of the first thread that called     */

/** Keep the heap for this thread, or end in a message and abort() if another one has it. */
void thread_enter(void);

/** The heap; a call from a second thread ends in a message and abort(). */
static inline struct heap *thread_heap(void) {
    char *first = atomic_load_explicit(&thread_first, memory_order_relaxed);
    if (unlikely(first != &thread_here)) thread_enter();
    return &the_heap;
}

#endif
