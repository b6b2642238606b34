/* world_posix.c -- the conformance test's view of Linux, the BSDs, macOS, and models of them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "world.h"

/* A model of an OS (doubles/) can be told to refuse. */
__attribute__((weak)) int double_refuse(unsigned nth, unsigned count) {
    (void)nth, (void)count;
    return -1;
}

int world_refuse(unsigned nth, unsigned count) { return double_refuse(nth, count); }

/* The kernel says EFAULT where the program would fault. */
enum readable world_readable(const void *at) {
    static int ends[2];
    char byte;
    if (ends[1] == 0 && pipe(ends) != 0) return UNKNOWN;
    if (write(ends[1], at, 1) == 1) return read(ends[0], &byte, 1) == 1 ? READABLE : UNKNOWN;
    return errno == EFAULT ? UNREADABLE : UNKNOWN;
}

static bool hex(int c, uintptr_t *number) {
    int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit >= 0) *number = *number << 4 | (uintptr_t)digit;
    return digit >= 0;
}

/* The sum of all lines "from-to ..." of /proc/self/maps, read without a buffer that is allocated. */
size_t world_mapped_bytes(void) {
    static char buffer[4096];
    int file = open("/proc/self/maps", O_RDONLY);
    if (file < 0) return 0;
    uintptr_t sum = 0, from = 0, to = 0;
    enum { FROM, TO, REST } part = FROM;
    ssize_t length;
    while ((length = read(file, buffer, sizeof buffer)) > 0)
        for (char *at = buffer; at < buffer + length; at++) {
            if (*at == '\n') from = to = 0, part = FROM;
            else if (part == FROM && !hex(*at, &from)) part = TO;
            else if (part == TO && !hex(*at, &to)) part = REST, sum += to - from;
        }
    close(file);
    return sum;
}

struct start {
    void (*run)(void *);
    void *argument;
};

static void *begin(void *start) {
    ((struct start *)start)->run(((struct start *)start)->argument);
    return NULL;
}

bool world_threads(void (*run)(void *), void *argument, unsigned count) {
    struct start start = {run, argument};
    pthread_t threads[16];
    unsigned made = 0;
    while (made < count && pthread_create(&threads[made], NULL, begin, &start) == 0) made++;
    for (unsigned i = 0; i < made; i++) pthread_join(threads[i], NULL);
    return made == count;
}

size_t world_thread_number(void) { return (size_t)pthread_self(); }

int world_error(void) { return errno; }
void world_set_error(int error) { errno = error; }

bool world_open_stderr(bool open) {
    static int kept;
    if (!open) kept = dup(STDERR_FILENO);
    int done = open ? dup2(kept, STDERR_FILENO) : close(STDERR_FILENO);
    if (open) close(kept);
    return done >= 0;
}

void world_print(const char *text) {
    if (write(STDOUT_FILENO, text, strlen(text)) < 0) _exit(2);
}

_Noreturn void world_exit(int status) { exit(status); }
