/* ending.h -- how a piece of work ends that is expected to end its process.
 *
 * The work runs in a child, and what it writes to standard error is kept. So one test can try many
 * misuses, and look at the message as well as at the signal.
 */
#ifndef TESTS_SUPPORT_ENDING_H
#define TESTS_SUPPORT_ENDING_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct ending {
    int status;     /* as waitpid() tells it                  */
    char text[512]; /* the start of what it wrote to stderr   */
};

/** Run work(item) in a child process of this one, for at most 20 s. */
static inline struct ending ending_of(void (*work)(void *), void *item) {
    struct ending ending = {.status = -1};
    int ends[2];
    if (pipe(ends) != 0) return ending;
    pid_t child = fork();
    if (child == 0) {
        signal(SIGABRT, SIG_DFL); /* the framework's handlers are for the test itself */
        signal(SIGSEGV, SIG_DFL);
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        dup2(ends[1], STDERR_FILENO);
        alarm(20);
        work(item);
        _exit(0);
    }
    close(ends[1]);
    size_t length = 0;
    ssize_t got;
    while ((got = read(ends[0], ending.text + length, sizeof ending.text - 1 - length)) > 0)
        length += (size_t)got;
    close(ends[0]);
    if (child > 0) waitpid(child, &ending.status, 0);
    /* An emulator has its own word to say about a program that aborts. */
    char *emulator = strstr(ending.text, "qemu: uncaught target signal");
    if (emulator != NULL) *emulator = '\0';
    return ending;
}

static inline bool aborted(const struct ending *ending) {
    return WIFSIGNALED(ending->status) && WTERMSIG(ending->status) == SIGABRT;
}

/** Whether it ended in abort() after one line that names the function and the pointer:
 *  "bitslab: free(0x7f0000010040): ..." */
static inline bool reported(const struct ending *ending, const char *function, const void *block) {
    char start[80];
    snprintf(start, sizeof start, "bitslab: %s(%p): ", function, block);
    const char *newline = strchr(ending->text, '\n');
    return aborted(ending) && strncmp(ending->text, start, strlen(start)) == 0 && newline != NULL &&
           newline[1] == '\0';
}

#endif
