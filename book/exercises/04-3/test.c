/* test.c -- exercise 4.3: a counter for two threads.
 *
 * Expect: events were counted
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

#define EVENTS 1000000

static volatile long events;

/* The pause makes what happens once in a million happen often. */
static void count(long number) {
    long seen = events;
    if (number % 1000 == 0) sched_yield();
    events = seen + 1;
}

static pthread_barrier_t start;

static void *work(void *unused) {
    pthread_barrier_wait(&start);
    for (int i = 0; i < EVENTS; i++) count(i);
    return unused;
}

int main(void) {
    pthread_t threads[2];
    pthread_barrier_init(&start, NULL, 2);
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    if (events == 2 * EVENTS) return 0;
    printf("only %ld of %d events were counted\n", (long)events, 2 * EVENTS);
    return 1;
}
