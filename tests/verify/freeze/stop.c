/* stop.c -- the victim is left where it is, and the others must do a round.
 *
 * Where     Before each instruction a few times; in remote frees, which are to be wait-free, each
 *           time. A meeting is stopped at one step only, so that what the workers do then has not
 *           been done before.
 * Blocked   Counts of operations decide, not the time that a round takes.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <time.h>

#include "freeze.h"
#include "tracer.h"
#include "watcher.h"

#define STOPS_PER_INSTRUCTION 25
#define REMOTE_STEPS 200 /* of a remote free; if it goes on, it has claimed the superpage */
#define MEETING_STOPS 2

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static unsigned long operations(unsigned worker) {
    return atomic_load(&shared->worker[worker].operations);
}

unsigned long all_operations(void) {
    unsigned long sum = 0;
    for (unsigned i = 0; i < WORKER_COUNT; i++) sum += operations(i);
    return sum;
}

/* Whether the round ends before all workers' counts stand still for so long. Meanwhile the victim
 * is kept running if let_go. */
static bool round_ends(double limit, pid_t let_go) {
    unsigned long seen = all_operations();
    double since = now();
    while (!round_wait(100)) {
        check_child();
        if (let_go != 0 && tracer_event(let_go, false) == EVENT_TRAP) tracer_run(let_go);
        unsigned long operations = all_operations();
        if (operations != seen) since = now();
        seen = operations;
        if (now() - since > limit) return false;
    }
    return true;
}

static _Noreturn void blocked(pid_t victim, const struct instruction *at) {
    printf("frozen in '%s' at %#lx (%s), stop %lu, step %lu\n", atomic_load(&shared->doing),
           (unsigned long)at->address, at->function, watcher.stops, watcher.steps);
    for (unsigned i = 0; i < WORKER_COUNT; i++)
        printf("worker %u has made %lu operations and is at: %s\n", i, operations(i),
               atomic_load(&shared->worker[i].doing));
    tracer_run(victim);
    bool freed = round_ends(watcher.limit_seconds, victim);
    printf("blocked for %u s after %lu stops in %s; %s\n", watcher.limit_seconds, watcher.stops,
           at->function,
           freed ? "let go, the victim lets the others go on"
                 : "letting the victim go did not help");
    give_up(3);
}

/* The thread stays where it is until the others have done a round. */
static void freeze(pid_t victim, struct instruction *at) {
    double start = now();
    watcher.stops++;
    at->stops++;
    round_start();
    if (!round_ends(watcher.limit_seconds, 0)) blocked(victim, at);
    double took = now() - start;
    if (took > watcher.longest_round) watcher.longest_round = took;
}

/* The first visits, and then ever fewer, so that later states of the heap are seen, too. */
static bool seldom_stopped(const struct instruction *at) {
    if (at->stops >= STOPS_PER_INSTRUCTION) return false;
    return at->visits <= STOPS_PER_INSTRUCTION / 3 || (at->visits & (at->visits - 1)) == 0;
}

void stop_at(pid_t victim, struct instruction *at, unsigned long step) {
    uint32_t meeting = atomic_load(&shared->meeting);
    if (meeting != 0) {
        if (step >= meeting && step < meeting + MEETING_STOPS) freeze(victim, at);
    } else if (atomic_load(&shared->remote) && step < REMOTE_STEPS) {
        watcher.remote_stops++;
        freeze(victim, at);
    } else if (seldom_stopped(at)) {
        freeze(victim, at);
    }
}
