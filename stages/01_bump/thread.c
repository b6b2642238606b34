/* thread.c -- the thread that the region belongs to. */
#include "thread.h"

#include <stdatomic.h>
#include <stddef.h>

#include "misuse.h"

static _Thread_local char here; /* its address is different in every thread */
static _Atomic(char *) first_thread;

void thread_check(void) {
    char *known = atomic_load_explicit(&first_thread, memory_order_relaxed);
    if (known == &here) return;
    if (known != NULL || !atomic_compare_exchange_strong(&first_thread, &known, &here))
        misuse_thread();
}
