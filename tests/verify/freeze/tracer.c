/* tracer.c -- one thread of the child, held by ptrace.
 *
 * Only the victim is held, so the other threads run as fast as they would alone. A thread that is
 * seized is not stopped; it is when it traps.
 */
#define _GNU_SOURCE
#include "tracer.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

#define CAPABILITY_PTRACE 19

static int refused; /* errno of the failed seizure */

bool tracer_seize(pid_t thread) {
    if (ptrace(PTRACE_SEIZE, thread, NULL, (void *)PTRACE_O_EXITKILL) == 0) return true;
    refused = errno;
    return false;
}

/* A number after a name in a file of /proc; -1: there is none. */
static long long number_in(const char *path, const char *name, int base) {
    char line[256];
    long long number = -1;
    FILE *file = fopen(path, "r");
    if (file == NULL) return -1;
    while (number < 0 && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            number = strtoll(line + strlen(name), NULL, base);
    fclose(file);
    return number;
}

/* From the most particular reason to the most general one. Yama's scope 1 allows a parent to trace
 * its child, so it is no reason. */
const char *tracer_refusal(pid_t child) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/status", (int)child);
    long long scope = number_in("/proc/sys/kernel/yama/ptrace_scope", "", 10);
    long long capabilities = number_in("/proc/self/status", "CapEff:", 16);
    bool capable = capabilities >= 0 && (capabilities >> CAPABILITY_PTRACE & 1);
    if (refused == ENOSYS) return "the kernel, or what stands in for it, has no ptrace";
    errno = refused;
    if (refused != EPERM && refused != EACCES) return NULL;
    if (number_in(path, "TracerPid:", 10) > 0)
        return "the child is traced by somebody else already (a debugger or strace)";
    if (scope == 3) return "Yama forbids ptrace to everybody (kernel.yama.ptrace_scope is 3)";
    if (scope == 2 && !capable)
        return "Yama allows ptrace to CAP_SYS_PTRACE only (kernel.yama.ptrace_scope is 2)";
    if (number_in("/proc/self/status", "Seccomp:", 10) > 0)
        return "a seccomp filter forbids ptrace (a container's, perhaps)";
    if (!capable) return "ptrace is not permitted, and CAP_SYS_PTRACE is missing";
    return "ptrace is not permitted, though CAP_SYS_PTRACE is there (a security module, perhaps)";
}

static void go_on(int request, pid_t thread, int signal) {
    /* ESRCH: the child is being killed, which the next wait will tell. */
    if (ptrace(request, thread, NULL, (void *)(intptr_t)signal) == 0 || errno == ESRCH) return;
    perror("ptrace");
    exit(1);
}

void tracer_step(pid_t thread) { go_on(PTRACE_SINGLESTEP, thread, 0); }

void tracer_run(pid_t thread) { go_on(PTRACE_CONT, thread, 0); }

enum event tracer_event(pid_t thread, bool wait) {
    for (;;) {
        int status;
        pid_t found = waitpid(thread, &status, __WALL | (wait ? 0 : WNOHANG));
        if (found == 0) return EVENT_NONE;
        if (found < 0 && errno == EINTR) continue;
        if (found < 0 || !WIFSTOPPED(status)) return EVENT_ENDED;
        if (WSTOPSIG(status) == SIGTRAP) return EVENT_TRAP;
        go_on(PTRACE_CONT, thread, WSTOPSIG(status));
    }
}

static bool set_debug_register(pid_t thread, unsigned number, uintptr_t value) {
    size_t at = offsetof(struct user, u_debugreg) + number * sizeof(long);
    return ptrace(PTRACE_POKEUSER, thread, at, (void *)value) == 0;
}

/* Register 7 says whether register 0 counts, and for what; 1 is: if executed. They are the
 * thread's own, so others do not trap. */
bool tracer_break(pid_t thread, uintptr_t address) {
    return set_debug_register(thread, 7, 0) && set_debug_register(thread, 0, address) &&
           set_debug_register(thread, 7, address != 0);
}

uintptr_t tracer_address(pid_t thread) {
    errno = 0;
    return (uintptr_t)ptrace(PTRACE_PEEKUSER, thread, offsetof(struct user, regs.rip), NULL);
}

uintptr_t tracer_stack(pid_t thread, uintptr_t *word) {
    long at = ptrace(PTRACE_PEEKUSER, thread, offsetof(struct user, regs.rsp), NULL);
    *word = (uintptr_t)ptrace(PTRACE_PEEKDATA, thread, at, NULL);
    return (uintptr_t)at;
}
