/* main.c -- runs the scenarios that are asked for, and replays a run by its number.
 *
 *   schedules                 all scenarios
 *   schedules NAME...         these
 *   schedules --list          their names, and what each is about
 *   schedules --replay NAME N the story of run N
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "scenarios.h"
#include "search.h"

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* A mutant may reach for memory that is not there. */
static void on_crash(int signal, siginfo_t *info, void *context) {
    (void)context;
    failed("signal %d at address %p", signal, info->si_addr);
}

static void catch_crashes(void) {
    static char stack[64 << 10];
    struct sigaction action = {.sa_sigaction = on_crash,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGILL, &action, NULL);
}

static const struct scenario *find(const char *name) {
    for (const struct scenario *const *scenario = scenarios; *scenario != NULL; scenario++)
        if (strcmp((*scenario)->name, name) == 0) return *scenario;
    fprintf(stderr, "schedules: there is no scenario '%s'; schedules --list lists them\n", name);
    exit(2);
}

static void print_story(const struct scenario *scenario) {
    printf("%s, run %" PRIu64 ":\n", scenario->name, search.runs);
    search_tell();
    printf("  %s\n", failure[0] ? failure : "ends well");
}

/* Each scenario has a process of its own, since the allocator can be prepared once only. */
static int explore(const struct scenario *scenario, uint64_t replay) {
    double start = now();
    search_prepare(scenario);
    do {
        failure[0] = '\0';
        enum outcome outcome = search_next();
        if (outcome != FAILED && search.runs != replay) continue;
        print_story(scenario);
        if (outcome != FAILED) return 0;
        printf("  replay: schedules --replay %s %" PRIu64 "\n", scenario->name, search.runs);
        return 1;
    } while (search_more());
    if (scenario->outcomes != 0 && search.seen != scenario->outcomes) {
        printf("%s: the results are %#x, and should be %#x (a bit for each)\n", scenario->name,
               search.seen, scenario->outcomes);
        return 1;
    }
    printf("%-24s %9" PRIu64 " runs %10" PRIu64 " steps %6.2f s  ", scenario->name,
           search.runs - search.pruned, search.steps, now() - start);
    if (scenario->preemptions == UNBOUNDED) printf("every schedule\n");
    else printf("all with up to %u preemptions\n", scenario->preemptions);
    return 0;
}

static int explore_apart(const struct scenario *scenario, uint64_t replay) {
    int status = 1;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) exit(explore(scenario, replay));
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int count, char **words) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    fibers_init();
    arena_init();
    catch_crashes();
    if (count == 4 && strcmp(words[1], "--replay") == 0)
        return explore_apart(find(words[2]), strtoull(words[3], NULL, 10));
    bool list = count == 2 && strcmp(words[1], "--list") == 0;
    int status = 0;
    for (const struct scenario *const *scenario = scenarios; *scenario != NULL; scenario++) {
        if (list) printf("%-24s %s\n", (*scenario)->name, (*scenario)->what);
        else if (count == 1) status |= explore_apart(*scenario, 0);
    }
    for (int i = 1; !list && i < count; i++) status |= explore_apart(find(words[i]), 0);
    return status;
}
