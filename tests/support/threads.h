/* threads.h -- starting threads, waiting for them, and meeting points between them.
 *
 * A test's asserts belong to its first thread: the others leave what they saw in their item, and
 * the first thread looks at it after run_threads() has joined them all.
 */
#ifndef TESTS_SUPPORT_THREADS_H
#define TESTS_SUPPORT_THREADS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define THREADS_MAX 256

/** Start a thread; ends the process if the system refuses. */
static inline pthread_t start_thread(void *(*work)(void *), void *item) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, item) != 0) {
        fprintf(stderr, "pthread_create failed\n");
        exit(2);
    }
    return thread;
}

/** Run work(item) in a thread of its own, and wait for its end. */
static inline void in_thread(void *(*work)(void *), void *item) {
    pthread_join(start_thread(work, item), NULL);
}

/** Run work in `count` threads at once, each with its item of an array; wait for their ends. */
static inline void run_threads(unsigned count, void *(*work)(void *), void *items, size_t bytes) {
    pthread_t threads[THREADS_MAX];
    for (unsigned i = 0; i < count; i++) threads[i] = start_thread(work, (char *)items + i * bytes);
    for (unsigned i = 0; i < count; i++) pthread_join(threads[i], NULL);
}

/** A thread that does what it is told, one step after the other, and sleeps in between. It lives
 *  until helper_end(), so that its heap has an owner all the time. */
struct helper {
    pthread_t thread;
    pthread_barrier_t turn;
    void (*step)(void *);
    void *item;
};

static inline void *helper_main(void *item) {
    struct helper *helper = item;
    for (;;) {
        pthread_barrier_wait(&helper->turn);
        if (helper->step == NULL) return NULL;
        helper->step(helper->item);
        pthread_barrier_wait(&helper->turn);
    }
}

static inline void helper_start(struct helper *helper) {
    pthread_barrier_init(&helper->turn, NULL, 2);
    helper->step = NULL;
    helper->thread = start_thread(helper_main, helper);
}

/** Run step(item) in the helper, and wait until it is done. */
static inline void helper_do(struct helper *helper, void (*step)(void *), void *item) {
    helper->step = step;
    helper->item = item;
    pthread_barrier_wait(&helper->turn);
    pthread_barrier_wait(&helper->turn);
}

static inline void helper_end(struct helper *helper) {
    helper->step = NULL;
    pthread_barrier_wait(&helper->turn);
    pthread_join(helper->thread, NULL);
    pthread_barrier_destroy(&helper->turn);
}

#endif
