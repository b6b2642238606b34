/* thread.c -- the one heap, and the thread that it belongs to. */
#include "thread.h"

#include "misuse.h"

struct heap the_heap;
_Thread_local char thread_here;
_Atomic(char *) thread_first;

void thread_enter(void) {
    char *nobody = NULL;
    if (!atomic_compare_exchange_strong_explicit(&thread_first, &nobody, &thread_here,
                                                 memory_order_relaxed, memory_order_relaxed))
        misuse_thread();
    heap_init(&the_heap);
}
