/* judge.c -- runs every misuse of a program in child processes, and says how each ended.
 *
 *   judge RUNS START PROGRAM [PRELOAD]
 *
 * START is how a line of the allocator under test begins ("bitslab: "): an abort with another last
 * word is not its own finding. Writes what PROGRAM lists, a line each, with a verdict at its end:
 *
 *   counted      caught   the allocator aborted, with one line that says why
 *                crash    another signal: a page that may not be touched, or bad luck
 *                safe     nothing ended, but the misuse had no effect; or a promise was kept
 *                either   one or another of these, by chance
 *   not counted  -        the mark was printed; a promise was broken
 *                late     the mark was printed, and only then the process was ended
 *                slow     a second of processor time was not enough
 *                absent   the allocator lacks the function
 *                mostly   missed in one run of fifty or fewer, of many: what the kernel happened to
 *                         map behind the block, for instance
 *                varies   missed more often than that, but not always
 *
 * A second of the processor's time, not of the clock's: other work on the machine changes nothing.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "misuse.h"

#define MANY_RUNS 200

struct command {
    unsigned runs;
    const char *start;
    const char *program;
    const char *preload; /* or NULL */
};

/* A line of the list. */
struct item {
    char list[16], theirs[64], bytes[24], want[16], name[64];
};

struct ending {
    int status;
    char out[256];
    char errors[1024];
};

static _Noreturn void die(const char *what) {
    perror(what);
    exit(2);
}

/* In the child. No core files; limits of time; nothing of ours is open. */
static _Noreturn void become(const struct command *command, const struct item *item, int out,
                             int errors) {
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    setrlimit(RLIMIT_CPU, &(struct rlimit){1, 2});
    alarm(30);
    dup2(out, STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    if (command->preload != NULL) setenv("LD_PRELOAD", command->preload, 1);
    execl(command->program, command->program, item->list, item->theirs, item->bytes, (char *)NULL);
    _exit(STATUS_BROKEN);
}

/* All that comes; what has no room is thrown away. */
static void read_all(int from, char *text, size_t size) {
    char rest[256];
    size_t length = 0;
    ssize_t got;
    while (length + 1 < size && (got = read(from, text + length, size - 1 - length)) > 0)
        length += (size_t)got;
    text[length] = '\0';
    while (length + 1 == size && read(from, rest, sizeof rest) > 0) continue;
    close(from);
}

static struct ending run(const struct command *command, const struct item *item) {
    struct ending ending;
    int out[2], errors[2];
    if (pipe2(out, O_CLOEXEC) != 0 || pipe2(errors, O_CLOEXEC) != 0) die("pipe");
    pid_t child = fork();
    if (child < 0) die("fork");
    if (child == 0) become(command, item, out[1], errors[1]);
    close(out[1]);
    close(errors[1]);
    read_all(out[0], ending.out, sizeof ending.out);
    read_all(errors[0], ending.errors, sizeof ending.errors);
    if (waitpid(child, &ending.status, 0) != child) die("waitpid");
    return ending;
}

/* The one line that the allocator must write before it aborts. */
static bool told(const struct ending *ending, const char *start) {
    const char *newline = strchr(ending->errors, '\n');
    return strncmp(ending->errors, start, strlen(start)) == 0 && newline != NULL &&
           (*start == '\0' || newline[1] == '\0');
}

static const char *verdict(const struct command *command, const struct item *item) {
    struct ending ending = run(command, item);
    int signal = WIFSIGNALED(ending.status) ? WTERMSIG(ending.status) : 0;
    int status = WIFEXITED(ending.status) ? WEXITSTATUS(ending.status) : 0;
    bool marked = strstr(ending.out, MARK) != NULL;
    if (status == STATUS_ABSENT) return "absent";
    if (status != 0) {
        fprintf(stderr, "%s %s: could not be tried: status %d, %s\n", item->theirs, item->bytes,
                status, ending.errors);
        exit(2);
    }
    if (strcmp(item->want, "kept") == 0) return signal == 0 && !marked ? "safe" : "-";
    if (signal == SIGXCPU || signal == SIGKILL || signal == SIGALRM) return "slow";
    if (marked) return signal != 0 ? "late" : "-";
    if (signal == SIGABRT && told(&ending, command->start)) return "caught";
    return signal != 0 ? "crash" : "safe";
}

static bool counted(const char *verdict) {
    static const char *const all[] = {"caught", "crash", "safe", "either"};
    for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(verdict, all[i]) == 0) return true;
    return false;
}

/* A few runs, all alike as a rule; more if it is not the allocator that says so, since a crash may
 * be luck. If only some of them miss, many tell how often. */
static const char *verdict_of_all(const struct command *command, const struct item *item) {
    const char *caught = NULL, *missed = NULL;
    unsigned misses = 0, runs = 0;
    for (unsigned wanted = command->runs; runs < wanted; runs++) {
        const char *now = verdict(command, item);
        if (strcmp(now, "slow") == 0) return now;
        if (counted(now)) caught = caught == NULL || strcmp(caught, now) == 0 ? now : "either";
        else misses++, missed = now;
        if (caught != NULL && strcmp(caught, "caught") != 0) wanted = 4 * command->runs;
        if (caught != NULL && missed != NULL) wanted = MANY_RUNS;
    }
    if (missed == NULL) return caught;
    if (caught == NULL) return missed;
    return 50 * misses <= runs ? "mostly" : "varies";
}

static void judge(const struct command *command, const struct item *item) {
    printf("%s\t%s\t%s\t%s\t%s\n", item->list, item->theirs, item->bytes, item->name,
           verdict_of_all(command, item));
}

int main(int count, char **arguments) {
    struct item item;
    if (count < 4) return 2;
    struct command command = {(unsigned)atoi(arguments[1]), arguments[2], arguments[3],
                              count > 4 ? arguments[4] : NULL};
    FILE *list = popen(command.program, "r");
    if (list == NULL) die(command.program);
    setvbuf(stdout, NULL, _IOLBF, 0);
    while (fscanf(list, "%15s %63s %23s %15s %63[^\n]", item.list, item.theirs, item.bytes,
                  item.want, item.name) == 5)
        judge(&command, &item);
    return pclose(list) != 0 ? 2 : 0;
}
