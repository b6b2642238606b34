/* thread.c -- the one heap, and the thread that it belongs to. */
#include "thread.h"

#include <stdatomic.h>

#include "misuse.h"

static struct heap the_heap;
static _Thread_local char here; /* its address is different in every thread */
static _Atomic(char *) first_thread;

struct heap *thread_heap(void) {
    char *known = atomic_load_explicit(&first_thread, memory_order_relaxed);
    if (known == &here) return &the_heap;
    if (known != NULL || !atomic_compare_exchange_strong(&first_thread, &known, &here))
        misuse_thread();
    heap_init(&the_heap);
    return &the_heap;
}
