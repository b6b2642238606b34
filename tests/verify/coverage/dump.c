/* dump.c -- counters survive a process that ends in abort() or _exit().
 *
 * gcov writes its counters when a process exits; one that aborts, or leaves by _exit, takes with it
 * the very lines that tell of misuse. The programs are linked with --wrap, so that both come here
 * first. Processes that a signal kills are lost, and with them what only they reached.
 */
#include <stdlib.h>

void __gcov_dump(void);

_Noreturn void __real_abort(void);
_Noreturn void __real__exit(int status);
_Noreturn void __wrap_abort(void);
_Noreturn void __wrap__exit(int status);

void __wrap_abort(void) {
    __gcov_dump();
    __real_abort();
}

void __wrap__exit(int status) {
    __gcov_dump();
    __real__exit(status);
}
