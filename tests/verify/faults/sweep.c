/* sweep.c -- each path again and again, with another call of the OS refused each time.
 *
 *   sweep                                          the names of the paths
 *   sweep PATH                                     all runs of a path
 *   sweep PATH STEP                                only on the first kind of OS, each STEPth n
 *   sweep PATH purge scatter never counted mode n  that run, in this process (for a debugger)
 *
 * Each run is a child process, so each begins with an allocator that has never been used. A run
 * that fails is told with the words that repeat it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "careful.h"
#include "os_faults.h"
#include "paths.h"

#define PLACES_MAX 100

struct counts {
    unsigned long refused, calls, nulls, os_calls, calls_of[OS_FUNCTION_COUNT];
};

static struct shared {
    struct counts child; /* of the last run */
    _Atomic uintptr_t places[PLACES_MAX];
} * shared;
static struct counts sum;
static unsigned long runs, points;
static const struct path *path;
static unsigned long step = 1;
static unsigned run_seconds = 20; /* or what SWEEP_SECONDS says; a run takes milliseconds */

static void run_here(const struct faults *faults) {
    faults_arm(faults);
    path->run();
    struct counts counts = {faults_refused(), careful_calls, careful_nulls, faults_calls(), {0}};
    for (unsigned i = 0; i < OS_FUNCTION_COUNT; i++) counts.calls_of[i] = faults_calls_of(i);
    careful_end();
    shared->child = counts;
}

/* Whether anything was refused. */
static bool run(const struct faults *faults) {
    int status;
    shared->child = (struct counts){0};
    pid_t pid = fork();
    if (pid == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        alarm(run_seconds);
        run_here(faults);
        _exit(0);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid) exit(2);
    if (status != 0) {
        printf("ended with status %#x: sweep %s %d %d %u %u %d %lu\n", status, path->name,
               faults->purge, faults->scatter, faults->never, faults->counted, faults->mode,
               faults->n);
        exit(1);
    }
    runs++;
    sum.refused += shared->child.refused;
    sum.calls += shared->child.calls;
    sum.nulls += shared->child.nulls;
    return shared->child.refused != 0;
}

/* Call n, for each n until the path ends before that call comes. */
static void sweep_n(struct faults faults, enum fault_mode mode) {
    faults.mode = mode;
    for (faults.n = 1;; faults.n += step) {
        run(&faults);
        if (shared->child.os_calls < faults.n) break;
        points++;
    }
}

/* Each function alone: always, and every second time. */
static void sweep_functions(struct faults faults) {
    for (unsigned function = 0; function < OS_FUNCTION_COUNT; function++) {
        faults.counted = ONE(function);
        faults.mode = REFUSE_FROM, faults.n = 1;
        run(&faults);
        faults.mode = REFUSE_EVERY, faults.n = 2;
        run(&faults);
    }
}

/* Whether a path without refusals ever calls what the system always refuses. */
static bool matters(unsigned never, const struct counts *seen) {
    bool any = never == 0;
    for (unsigned i = 0; i < OS_FUNCTION_COUNT; i++)
        any |= (never & ONE(i)) != 0 && seen->calls_of[i] != 0;
    return any;
}

static void sweep_all(void) {
    static const struct faults systems[] = {
        {.purge = PURGE_ZEROES},
        {.purge = PURGE_ZEROES, .scatter = true},
        {.purge = PURGE_KEEPS_SOME},
        {.purge = PURGE_DECOMMITS},
        {.never = ONE(OS_RESIZE)},
        {.never = ONE(OS_RESIZE), .scatter = true},
        {.never = ONE(OS_RESIZE) | ONE(OS_MOVE)},
        {.never = ONE(OS_PURGE)},
        {.never = ONE(OS_PROTECT)},
        {.never = ONE(OS_HOOK)},
        {.never = ONE(OS_UNPURGE), .purge = PURGE_DECOMMITS},
    };
    run(&systems[0]);
    struct counts seen = shared->child;
    for (unsigned i = 0; i < (step == 1 ? sizeof systems / sizeof systems[0] : 1); i++) {
        struct faults faults = systems[i];
        if (!matters(faults.never, &seen)) continue;
        faults.counted = ALL_FUNCTIONS & ~faults.never;
        sweep_n(faults, REFUSE_ONE);
        faults.mode = REFUSE_EVERY;
        for (faults.n = 2; faults.n <= 5; faults.n++) run(&faults);
        if (faults.never != 0) continue;
        sweep_n(faults, REFUSE_FROM);
        sweep_functions(faults);
    }
}

int main(int argc, char **argv) {
    if (argc < 2) {
        for (unsigned i = 0; i < path_count; i++) puts(paths[i].name);
        return 0;
    }
    for (unsigned i = 0; i < path_count; i++)
        if (strcmp(argv[1], paths[i].name) == 0) path = &paths[i];
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (path == NULL || shared == MAP_FAILED) return 2;
    faults_note_places(shared->places, PLACES_MAX);
    if (getenv("SWEEP_SECONDS") != NULL) run_seconds = (unsigned)atoi(getenv("SWEEP_SECONDS"));
    if (argc == 8) {
        unsigned long v[6];
        for (unsigned i = 0; i < 6; i++) v[i] = strtoul(argv[2 + i], NULL, 0);
        run_here(&(struct faults){(enum fault_mode)v[4], v[5], (unsigned)v[3], (unsigned)v[2],
                                  (enum purge_kind)v[0], v[1] != 0});
        printf("%lu OS calls, %lu refused\n", shared->child.os_calls, shared->child.refused);
        return 0;
    }
    if (argc == 3) step = strtoul(argv[2], NULL, 0);
    sweep_all();
    for (unsigned i = 0; i < PLACES_MAX && shared->places[i] != 0; i++)
        printf("place %lx\n", (unsigned long)shared->places[i]);
    printf("points %lu runs %lu refused %lu calls %lu nulls %lu\n", points, runs, sum.refused,
           sum.calls, sum.nulls);
    return 0;
}
