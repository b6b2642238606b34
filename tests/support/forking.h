/* forking.h -- fork() while other threads use the allocator.
 *
 * The allocator has no locks that a child could inherit. AddressSanitizer has: it takes one when it
 * is told of a mapping (memory_tools.h), and a child that was forked just then would wait for it for
 * ever. So in a build for it, no other thread is inside the allocator at a fork. And a thread that
 * starts is in the hands of libc and of the sanitizer, which have locks of their own: the first fork
 * waits until the threads run.
 */
#ifndef TESTS_SUPPORT_FORKING_H
#define TESTS_SUPPORT_FORKING_H

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/types.h>
#include <unistd.h>

#include "support/flavour.h"

static atomic_uint threads_that_run;

/** The first thing that such a thread does. */
static inline void thread_runs(void) { atomic_fetch_add(&threads_that_run, 1); }

static inline void until_threads_run(unsigned threads) {
    while (atomic_load(&threads_that_run) < threads) sched_yield();
}

#if defined(UNDER_ASAN)
static pthread_rwlock_t forking = PTHREAD_RWLOCK_INITIALIZER;
static atomic_bool wants_to_fork;

/** Around all that a thread does with the allocator while another one may fork. */
static inline void before_calls(void) {
    while (atomic_load(&wants_to_fork)) sched_yield();
    pthread_rwlock_rdlock(&forking);
}

static inline void after_calls(void) { pthread_rwlock_unlock(&forking); }

static inline pid_t fork_among_threads(void) {
    atomic_store(&wants_to_fork, true);
    pthread_rwlock_wrlock(&forking);
    pid_t child = fork();
    pthread_rwlock_unlock(&forking);
    atomic_store(&wants_to_fork, false);
    return child;
}
#else
static inline void before_calls(void) {}
static inline void after_calls(void) {}
static inline pid_t fork_among_threads(void) { return fork(); }
#endif

#endif
