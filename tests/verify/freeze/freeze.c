/* freeze.c -- the watcher: freezes the victim everywhere, and sees whether the others get on.
 *
 *     freeze TEXT LOG PASSES LIMIT    the list of instructions, where details go, victims, seconds
 *
 * Ends with 0, or 1 (the child fell over), 3 (a worker was blocked), 77 (no ptrace here). What it
 * found is its last line of output.
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

#include "text.h"
#include "tracer.h"

#define STEPS_MAX 30000    /* in one watched call: walks over all of a heap are not worth more */
#define UNCAPPED_STEPS 500 /* of those, where a remote free is stopped always */

static pid_t child;
static unsigned limit_seconds;
static unsigned long stops, uncapped_stops, steps, cut_calls;
static unsigned long call_steps; /* of the watched call */
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
static void look_at(pid_t victim) {
    struct instruction *at = text_at(tracer_address(victim));
    if (at == NULL) return;
    at->visits++;
    if (worth_a_stop(at)) freeze(victim, at);
}

/* From a victim's first trap to its end. */
static void watch(pid_t victim) {
    uint32_t call = 0;
    while (tracer_event(victim, true) == EVENT_TRAP) {
        if (atomic_load(&shared->watch) != call) {
            call = atomic_load(&shared->watch);
            call_steps = 0;
        }
        if (!atomic_load(&shared->stepping) || call_steps > STEPS_MAX) {
            tracer_run(victim);
            continue;
        }
        look_at(victim);
        steps++;
        if (++call_steps > STEPS_MAX) cut_calls++;
        tracer_step(victim);
    }
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

static void report(const char *path) {
    struct coverage all = text_coverage();
    FILE *log = fopen(path, "w");
    if (log != NULL) {
        fprintf(log, "steps %lu, calls cut at %d steps %lu\n", steps, STEPS_MAX, cut_calls);
        text_report(log);
        fclose(log);
    }
    printf("%u of %u instructions (%u %%, %u of %u functions), %lu stops (%lu in remote frees), "
           "%lu operations meanwhile, %lu of them frees of the frozen thread's blocks, "
           "longest round %.0f ms, 0 blocked\n",
           all.visited, all.instructions, all.visited * 100 / all.instructions,
           all.functions_visited, all.functions, stops, uncapped_stops, all_operations(),
           atomic_load(&shared->victims_blocks), longest_round * 1e3);
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
    report(argv[2]);
    return 0;
}
