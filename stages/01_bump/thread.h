/* thread.h -- one thread may call.
 *
 * Two threads that move one pointer would get the same block, so the first one that calls keeps the
 * region to itself, and any other is told to take stage 4.
 */
#ifndef THREAD_H
#define THREAD_H

/** A call from a second thread ends in a message and abort(). */
void thread_check(void);

#endif
