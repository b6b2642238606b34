/* freeze.c -- the watcher: freezes the victim everywhere, and sees whether the others get on.
 *
 *     freeze TEXT LOG VICTIMS LIMIT
 *
 * TEXT lists the instructions, LOG takes the details, LIMIT is in seconds.
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
#include <unistd.h>

#include "text.h"
#include "tracer.h"
#include "watcher.h"

/* Below these, the scenarios do not do what they are for. */
#define PERCENT_MIN 60
#define FREES_MIN 20000

#define FIRST_STRIDE 8 /* instructions from one process's meeting to the next one's */
#define NEVER_MET (UINT32_MAX / 2)

struct watcher watcher;

_Noreturn void give_up(int status) {
    kill(watcher.child, SIGKILL);
    exit(status);
}

/* The child is not to be waited for any longer: it has ended before its time. */
static _Noreturn void child_fell(int status) {
    printf("the child has ended with %s %d in '%s'\n", WIFSIGNALED(status) ? "signal" : "status",
           WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
           atomic_load(&shared->doing));
    exit(1);
}

void check_child(void) {
    int status;
    if (waitpid(watcher.child, &status, WNOHANG) == watcher.child) child_fell(status);
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
        const char *why = tracer_refusal(watcher.child);
        if (why == NULL) perror("PTRACE_SEIZE");
        else printf("%s\n", why);
        give_up(why == NULL ? 1 : 77);
    }
    atomic_store(&shared->seized, (uint32_t)victim);
    word_wake(&shared->seized);
}

/* A process and all of its victims. meeting: 0, or see child_begins. */
static void run_child(unsigned victims, unsigned meeting) {
    int status;
    memset(shared, 0, sizeof *shared);
    atomic_store(&shared->doing, "nothing");
    watcher.children++;
    watcher.fresh_count = 0;
    watcher.child = fork();
    if (watcher.child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (meeting != 0) child_begins(meeting);
        child_main(victims);
    }
    for (pid_t victim; (victim = next_victim()) != 0;) {
        seize(victim);
        watch(victim);
    }
    waitpid(watcher.child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) child_fell(status);
    watcher.operations += all_operations();
    watcher.victims_blocks += atomic_load(&shared->victims_blocks);
}

/* In a process that has not used the library yet, others begin to at a step of the first call, and
 * so in the middle of what is done but once. The first of these processes tells what steps there
 * are, leaving out those that only go round a loop again. */
static void run_beginnings(void) {
    static uint32_t steps[FRESH_MAX];
    run_child(1, NEVER_MET);
    unsigned count = watcher.fresh_count;
    memcpy(steps, watcher.fresh, sizeof steps);
    for (unsigned i = 0; i < count; i += FIRST_STRIDE) run_child(1, steps[i]);
}

/* What was found; returns whether it is enough to say so. */
static bool report(const char *path) {
    struct coverage all = text_coverage();
    unsigned percent = all.visited * 100 / all.instructions;
    FILE *log = fopen(path, "w");
    if (log != NULL) {
        fprintf(log, "%lu steps, %lu walks skipped, the longest round took %.1f ms\n",
                watcher.steps, watcher.skips, watcher.longest_round * 1e3);
        text_report(log);
        fclose(log);
    }
    printf("%u of %u instructions (%u %%), %u of %u functions; %lu stops, %lu of them in remote "
           "frees; meanwhile %lu operations, %lu of them frees of the frozen thread's blocks; 0 "
           "blocked\n",
           all.visited, all.instructions, percent, all.functions_visited, all.functions,
           watcher.stops, watcher.remote_stops, watcher.operations, watcher.victims_blocks);
    return percent >= PERCENT_MIN && watcher.victims_blocks >= FREES_MIN;
}

int main(int argc, char **argv) {
    if (argc != 5) return 1;
    text_read(argv[1]);
    watcher.limit_seconds = (unsigned)atoi(argv[4]);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return 1;
    run_child((unsigned)atoi(argv[3]), 0);
    run_beginnings();
    return report(argv[2]) ? 0 : 2;
}
