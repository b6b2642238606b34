/* fiber.c -- threads that run only when told to: stacks of our own, switched by longjmp.
 *
 * swapcontext makes two system calls a time, so it serves to enter a new stack only; from then on
 * _setjmp and _longjmp switch, which takes some ten nanoseconds.
 */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <setjmp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "explore.h"

#define STACK_BYTES ((size_t)128 << 10)

static char *stacks;
static jmp_buf where[FIBERS];
static void (*entries[FIBERS])(unsigned);
static bool fresh[FIBERS];
static unsigned current = ENGINE;

void fibers_init(void) {
    stacks = mmap(NULL, FIBERS * STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                  -1, 0);
    if (stacks == MAP_FAILED) abort();
}

bool on_fiber_stack(const volatile void *at) {
    return (uintptr_t)at - (uintptr_t)stacks < FIBERS * STACK_BYTES;
}

void fiber_start(unsigned fiber, void (*entry)(unsigned)) {
    entries[fiber] = entry;
    fresh[fiber] = true;
}

static void enter(unsigned fiber) {
    entries[fiber](fiber);
    abort(); /* an entry never returns: it switches away for the last time */
}

void fiber_switch(unsigned to) {
    unsigned from = current;
    current = to;
    if (_setjmp(where[from]) != 0) return;
    if (!fresh[to]) _longjmp(where[to], 1);
    fresh[to] = false;
    ucontext_t context;
    getcontext(&context);
    context.uc_stack.ss_sp = stacks + to * STACK_BYTES;
    context.uc_stack.ss_size = STACK_BYTES;
    context.uc_link = NULL;
    makecontext(&context, (void (*)(void))enter, 1, to);
    setcontext(&context);
}
