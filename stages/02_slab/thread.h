/* thread.h -- one thread may call.
 *
 * Two threads in one heap would corrupt it, so the first one that calls keeps the heap to itself,
 * and any other is told to take stage 4.
 */
#ifndef THREAD_H
#define THREAD_H

#include "heap.h"

/** The heap; a call from a second thread ends in a message and abort(). */
struct heap *thread_heap(void);

#endif
