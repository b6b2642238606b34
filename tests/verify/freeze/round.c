/* round.c -- a round of work: started by one process, done by the threads of another. */
#define _GNU_SOURCE
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "freeze.h"

struct shared *shared;

void word_wait(_Atomic uint32_t *word, uint32_t value, unsigned milliseconds) {
    struct timespec time = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000};
    syscall(SYS_futex, word, FUTEX_WAIT, value, &time, NULL, 0);
}

void word_wake(_Atomic uint32_t *word) {
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

void round_start(void) {
    atomic_store(&shared->finished, 0);
    atomic_fetch_add(&shared->round, 1);
    word_wake(&shared->round);
}

bool round_wait(unsigned milliseconds) {
    uint32_t finished = atomic_load(&shared->finished);
    if (finished == WORKER_COUNT) return true;
    word_wait(&shared->finished, finished, milliseconds);
    return atomic_load(&shared->finished) == WORKER_COUNT;
}

void round_run(void) {
    round_start();
    while (!round_wait(1000)) {
    }
}

uint32_t round_next(uint32_t round) {
    while (atomic_load(&shared->round) == round) word_wait(&shared->round, round, 1000);
    return atomic_load(&shared->round);
}

void round_finish(void) {
    if (atomic_fetch_add(&shared->finished, 1) + 1 == WORKER_COUNT) word_wake(&shared->finished);
}
