/* freeze.h -- what the watcher and its child share.
 *
 * Idea      The watcher is a process that single-steps one thread of its child, the victim, and
 *           leaves it stopped before an instruction of the library: that thread is frozen for as
 *           long as the watcher likes, as if the scheduler had forgotten it. Meanwhile the child's
 *           workers must finish a round of operations.
 * Rounds    Workers sleep between rounds, so that nothing but the frozen thread can hold them up,
 *           and so that what they do in a round is all that the victim finds changed.
 * Blocked   A worker counts each operation that it finishes. Only if its count stands still for
 *           the whole limit (seconds, where a round takes microseconds) is it blocked, and then
 *           the victim is let go: if the worker goes on, it had been waiting for the victim.
 * Source    Herlihy 1991 (wait-free means that no thread is needed); Michael 2004 sec. 1.
 */
#ifndef FREEZE_H
#define FREEZE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORKER_COUNT 3

/** What is mapped by both processes. Pointers to constants mean the same in both. */
struct shared {
    /* The victim says: */
    _Atomic uint32_t victim;     /* thread that waits to be seized                      */
    _Atomic uint32_t seized;     /* the answer: the same number                         */
    _Atomic uint32_t watch;      /* number of the call that is watched, from 1          */
    _Atomic bool stepping;       /* inside a watched call, and inside the library       */
    _Atomic bool remote;         /* it frees another thread's block                     */
    _Atomic uint32_t meeting;    /* 0, or the step at which workers do the same         */
    _Atomic bool met;            /* there was such a step                               */
    _Atomic(const char *) doing; /* the victim's scenario                               */
    _Atomic bool over;           /* there will be no more victims                       */
    _Atomic uint32_t step;       /* the watcher's answer: steps of this call so far     */
    /* A round: */
    _Alignas(64) _Atomic uint32_t round; /* its number; workers wait for the next one     */
    _Atomic uint32_t finished;           /* workers that are done with it                       */
    _Atomic bool quiet;                  /* workers create no threads, and nothing large        */
    struct {
        _Alignas(64) _Atomic unsigned long operations;
        _Atomic(const char *) doing;
    } worker[WORKER_COUNT];
    _Atomic unsigned long victims_blocks; /* freed while their owner was frozen           */
};

extern struct shared *shared;

/* round.c */

/** Let the workers begin a round. */
void round_start(void);

/** Wait a little for the round's end. Returns whether it has come. */
bool round_wait(unsigned milliseconds);

/** A whole round, without a frozen thread. */
void round_run(void);

/** A worker's side: wait for the next round after `round`; then, say that it is finished. */
uint32_t round_next(uint32_t round);
void round_finish(void);

/** Sleep while *word is value, or until woken, or so long. */
void word_wait(_Atomic uint32_t *word, uint32_t value, unsigned milliseconds);
void word_wake(_Atomic uint32_t *word);

/* The child: worker.c, victim.c, outside.c. */

/** Start and, after the last round, end the workers. */
void workers_start(void);
void workers_end(void);

/** The child's main: all victims, one after the other. */
_Noreturn void child_main(unsigned victims);

/** The main of a child with a single victim, where nobody uses the library before the victim has
 *  made so many steps of its first call. */
_Noreturn void child_begins(unsigned meeting);

/* watch.c */

/** Between these, the victim is single-stepped while it is inside the library. */
void watch_begin(void);
void watch_end(void);

/** Around what the library calls: nobody steps through libc. Returns what watch_resume wants. */
bool watch_pause(void);
void watch_resume(bool paused);

/** Wait until the watcher has seized this thread. */
void watch_me(void);

#endif
