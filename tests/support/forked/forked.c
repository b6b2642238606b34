/* forked.c -- runs the tests of a suite, each in a fork of this process, a few at a time.
 *
 *   suite [WORD]    the tests whose names contain the word, or all
 *
 * In the environment: FORKED_JOBS (2) tests at a time, FORKED_SECONDS (60) for each, FORKED_TIMES,
 * which if set has the time of each test printed, and FORKED_EXCEPT, names of tests that cannot be
 * asked for here. The last line is always:
 * N passed, N failed. A sanitizer's or Valgrind's complaint about a test shows in the exit status
 * of the test's process, so it is a failure like any other.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "criterion/criterion.h"

#define JOBS_MAX 16

struct job {
    const struct forked_test *test;
    pid_t process; /* 0: the job is idle       */
    FILE *output;  /* all that the test prints */
    double start;
};

static struct forked_test *tests;
static struct job jobs[JOBS_MAX];
static unsigned passed, failed;

void forked_enter(struct forked_test *test) {
    test->next = tests;
    tests = test;
}

void forked_fail(const char *file, int line, const char *what, const char *format, ...) {
    va_list values;
    va_start(values, format);
    fprintf(stderr, "%s:%d: not so: %s\n  ", file, line, what);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
    va_end(values);
    fflush(stderr);
    _exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static unsigned setting(const char *name, unsigned otherwise) {
    const char *text = getenv(name);
    return text == NULL || *text == '\0' ? otherwise : (unsigned)strtoul(text, NULL, 10);
}

_Noreturn static void run(const struct forked_test *test, FILE *output) {
    double limit = test->options.timeout;
    dup2(fileno(output), STDOUT_FILENO);
    dup2(fileno(output), STDERR_FILENO);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    alarm(limit > 0 ? (unsigned)limit + 1 : setting("FORKED_SECONDS", 60));
    test->run();
    exit(0); /* not _exit: leak checkers and coverage do their work here */
}

static void start(struct job *job, const struct forked_test *test) {
    *job = (struct job){.test = test, .output = tmpfile(), .start = now()};
    if (job->output == NULL) {
        perror("forked: tmpfile");
        exit(2);
    }
    job->process = fork();
    if (job->process == 0) run(test, job->output);
    if (job->process < 0) {
        perror("forked: fork");
        exit(2);
    }
}

static bool as_expected(const struct forked_test *test, int status) {
    if (test->options.signal == 0)
        return WIFEXITED(status) && WEXITSTATUS(status) == test->options.exit_code;
    return WIFSIGNALED(status) && WTERMSIG(status) == test->options.signal;
}

static void report_failure(const struct job *job, int status) {
    char line[512];
    printf("FAIL %s/%s: ", job->test->suite, job->test->name);
    if (WIFSIGNALED(status))
        printf("%s\n", WTERMSIG(status) == SIGALRM ? "timed out" : strsignal(WTERMSIG(status)));
    else printf("status %d\n", WEXITSTATUS(status));
    rewind(job->output);
    for (unsigned i = 0; i < 60 && fgets(line, sizeof line, job->output) != NULL; i++)
        printf("  | %s", line);
}

static void finish(struct job *job, int status) {
    bool good = as_expected(job->test, status);
    *(good ? &passed : &failed) += 1;
    if (!good) report_failure(job, status);
    if (setting("FORKED_TIMES", 0) != 0)
        printf("%6.2f s  %s/%s\n", now() - job->start, job->test->suite, job->test->name);
    fflush(stdout);
    fclose(job->output);
    job->process = 0;
}

/* Wait until one of the jobs has ended. */
static void wait_for_one(void) {
    int status;
    pid_t process = wait(&status);
    if (process < 0 && errno != EINTR) {
        perror("forked: wait");
        exit(2);
    }
    for (unsigned i = 0; i < JOBS_MAX; i++)
        if (process > 0 && jobs[i].process == process) finish(&jobs[i], status);
}

static struct job *idle_job(unsigned count) {
    for (;;) {
        for (unsigned i = 0; i < count; i++)
            if (jobs[i].process == 0) return &jobs[i];
        wait_for_one();
    }
}

static bool any_running(void) {
    for (unsigned i = 0; i < JOBS_MAX; i++)
        if (jobs[i].process != 0) return true;
    return false;
}

/* Whether a test's name is a whole word of the list. */
static bool excepted(const char *name) {
    const char *list = getenv("FORKED_EXCEPT");
    size_t length = strlen(name);
    for (const char *at = list; at != NULL && (at = strstr(at, name)) != NULL; at += length)
        if ((at == list || at[-1] <= ' ') && (unsigned char)at[length] <= ' ') return true;
    return false;
}

static bool wanted(const struct forked_test *test, const char *word) {
    return (word == NULL || strstr(test->name, word) != NULL) && !excepted(test->name);
}

int main(int argc, char **argv) {
    unsigned count = setting("FORKED_JOBS", 2);
    if (count < 1 || count > JOBS_MAX) count = 2;
    for (const struct forked_test *test = tests; test != NULL; test = test->next)
        if (wanted(test, argc < 2 ? NULL : argv[1])) start(idle_job(count), test);
    while (any_running()) wait_for_one();
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0 || passed == 0;
}
