/* thread.h -- one thread may call.
 *
 * Two threads that move one pointer would get the same block, so the first one that calls keeps the
 * region to itself, and any other is told to take stage 4.
 */
#ifndef THREAD_H
#define THREAD_H

#include <stdatomic.h>

#include "bits.h"

extern HIDDEN _Thread_local char thread_here; /* its address is different in every thread */
extern HIDDEN _Atomic(char *) thread_first;   /* that of the first thread that called     */

/** Keep the region for this thread, or end in a message and abort() if another one has it. */
void thread_enter(void);

/** A call from a second thread ends in a message and abort(). */
static inline void thread_check(void) {
    char *first = atomic_load_explicit(&thread_first, memory_order_relaxed);
    if (unlikely(first != &thread_here)) thread_enter();
}

#endif
