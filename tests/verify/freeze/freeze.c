/* freeze.c -- the watcher: freezes the victim everywhere, and sees whether the others get on.
 *
 *     freeze TEXT LOG PASSES LIMIT    the list of instructions, where details go, victims, seconds
 *
 * Ends with 0, or 1 (the child fell over), 2 (too little was visited), 3 (a worker was blocked), 77
 * (no ptrace here). What it found is its last line of output.
 */
#define _GNU_SOURCE
#include "freeze.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "frames.h"
#include "text.h"
#include "tracer.h"

#define STEPS_FIRST 2000     /* in one watched call, before what makes it long is skipped       */
#define STEPS_AFTER_SKIP 150 /* before the next one is                                          */
#define STEPS_ALL 20000      /* before the rest of it is                                        */
#define UNCAPPED_STEPS 200   /* of a call, where a remote free is stopped always                */

/* Below these, the scenarios do not do what they are for. */
#define PERCENT_MIN 70
#define FREES_MIN 20000

static pid_t child;
static unsigned limit_seconds;
static unsigned long stops, uncapped_stops, steps, skips;
static uint32_t watched_call;    /* its number                                                   */
static unsigned long call_steps; /* in it                                                        */
static long steps_left;          /* before the next skip                                         */
static bool skipping;            /* the victim runs to where a function returns                  */
static double longest_round;     /* seconds */

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static _Noreturn void give_up(int status) {
    kill(child, SIGKILL);
    exit(status);
}

/* The child is not to be waited for any longer: it has ended before its time. */
static _Noreturn void child_fell(int status) {
    printf("the child has ended with %s %d in '%s'\n", WIFSIGNALED(status) ? "signal" : "status",
           WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
           atomic_load(&shared->doing));
    exit(1);
}

static void check_child(void) {
    int status;
    if (waitpid(child, &status, WNOHANG) == child) child_fell(status);
}

static unsigned long operations(unsigned worker) {
    return atomic_load(&shared->worker[worker].operations);
}

static unsigned long all_operations(void) {
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
           (unsigned long)at->address, at->function, stops, steps);
    for (unsigned i = 0; i < WORKER_COUNT; i++)
        printf("worker %u has made %lu operations and is at: %s\n", i, operations(i),
               atomic_load(&shared->worker[i].doing));
    tracer_run(victim);
    bool freed = round_ends(limit_seconds, victim);
    printf("blocked for %u s after %lu stops in %s; %s\n", limit_seconds, stops, at->function,
           freed ? "let go, the victim lets the others go on"
                 : "letting the victim go did not help");
    give_up(3);
}

static bool uncapped(void) { return atomic_load(&shared->uncapped) && call_steps < UNCAPPED_STEPS; }

/* The thread stays where it is until the others have done a round. */
static void freeze(pid_t victim, struct instruction *at) {
    double start = now();
    stops++;
    at->stops++;
    if (uncapped()) uncapped_stops++;
    round_start();
    if (!round_ends(limit_seconds, 0)) blocked(victim, at);
    double took = now() - start;
    if (took > longest_round) longest_round = took;
}

/* The first visits, and then ever fewer, so that later states of the heap are seen, too. */
static bool worth_a_stop(const struct instruction *at) {
    if (uncapped()) return true;
    if (at->stops >= STOPS_PER_INSTRUCTION) return false;
    return at->visits <= STOPS_PER_INSTRUCTION / 3 || (at->visits & (at->visits - 1)) == 0;
}

/* The victim stands before an instruction. */
static void look_at(pid_t victim, struct instruction *at) {
    if (text_is_entry(at)) frames_enter(victim);
    at->visits++;
    if (worth_a_stop(at)) freeze(victim, at);
}

/* A watched call that is long, because it walks over all of a heap, goes on at full speed until the
 * function that walks returns. Returns false if it has to be stepped on. */
static bool skip(pid_t victim) {
    if (call_steps > STEPS_ALL) return true;
    steps_left = STEPS_AFTER_SKIP;
    uintptr_t to = frames_leave(victim);
    if (to == 0 || !tracer_break(victim, to)) return false;
    skips++;
    skipping = true;
    return true;
}

static void end_skip(pid_t victim) {
    if (skipping) tracer_break(victim, 0);
    skipping = false;
}

static void call_begins(pid_t victim) {
    watched_call = atomic_load(&shared->watch);
    call_steps = 0;
    steps_left = STEPS_FIRST;
    frames_clear();
    end_skip(victim);
}

/* What to do with a victim that has trapped. Returns whether it is to be stepped. */
static bool step_on(pid_t victim) {
    if (atomic_load(&shared->watch) != watched_call) call_begins(victim);
    if (!atomic_load(&shared->stepping)) {
        end_skip(victim);
        return false;
    }
    struct instruction *at = text_at(tracer_address(victim));
    if (skipping) {
        if (at == NULL) return false; /* back from libc */
        end_skip(victim);
    }
    if (at != NULL) look_at(victim, at);
    steps++;
    call_steps++;
    return steps_left-- > 0 || !skip(victim);
}

/* From a victim's first trap to its end. */
static void watch(pid_t victim) {
    skipping = false;
    while (tracer_event(victim, true) == EVENT_TRAP)
        if (step_on(victim)) tracer_step(victim);
        else tracer_run(victim);
}

/* The next thread that wants to be seized; 0: there will be none. */
static pid_t next_victim(void) {
    uint32_t victim;
    while ((victim = atomic_load(&shared->victim)) == 0) {
        if (atomic_load(&shared->over)) return 0;
        word_wait(&shared->victim, 0, 100);
        if (atomic_load(&shared->over)) return 0;
        check_child();
    }
    atomic_store(&shared->victim, 0);
    return (pid_t)victim;
}

static void seize(pid_t victim) {
    if (!tracer_seize(victim)) {
        const char *why = tracer_refusal(child);
        if (why == NULL) perror("PTRACE_SEIZE");
        else printf("%s\n", why);
        give_up(why == NULL ? 1 : 77);
    }
    atomic_store(&shared->seized, (uint32_t)victim);
    word_wake(&shared->seized);
}

/* What was found; returns whether it is enough to say so. */
static bool report(const char *path) {
    struct coverage all = text_coverage();
    unsigned percent = all.visited * 100 / all.instructions;
    unsigned long frees = atomic_load(&shared->victims_blocks);
    FILE *log = fopen(path, "w");
    if (log != NULL) {
        fprintf(log, "%lu steps, %lu walks skipped, the longest round took %.1f ms\n", steps, skips,
                longest_round * 1e3);
        text_report(log);
        fclose(log);
    }
    printf("%u of %u instructions (%u %%), %u of %u functions; %lu stops, %lu of them in remote "
           "frees; meanwhile %lu operations, %lu of them frees of the frozen thread's blocks; 0 "
           "blocked\n",
           all.visited, all.instructions, percent, all.functions_visited, all.functions, stops,
           uncapped_stops, all_operations(), frees);
    return percent >= PERCENT_MIN && frees >= FREES_MIN;
}

int main(int argc, char **argv) {
    if (argc != 5) return 1;
    text_read(argv[1]);
    limit_seconds = (unsigned)atoi(argv[4]);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return 1;
    atomic_store(&shared->doing, "nothing");
    child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        child_main((unsigned)atoi(argv[3]));
    }
    for (pid_t victim; (victim = next_victim()) != 0;) {
        seize(victim);
        watch(victim);
    }
    int status;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) child_fell(status);
    return report(argv[2]) ? 0 : 2;
}
