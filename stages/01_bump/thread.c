/* thread.c -- the thread that the region belongs to. */
#include "thread.h"

#include <stddef.h>

#include "misuse.h"

_Thread_local char thread_here;
_Atomic(char *) thread_first;

void thread_enter(void) {
    char *nobody = NULL;
    if (!atomic_compare_exchange_strong(&thread_first, &nobody, &thread_here)) misuse_thread();
}
