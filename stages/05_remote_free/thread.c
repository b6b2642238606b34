/* thread.c -- a heap for each thread that allocates. */
#include "thread.h"

#include "os.h"
#include "stats.h"

struct heap empty_heap;
_Thread_local struct thread this_thread = {&empty_heap};

static struct heap *heap_map(void) {
    size_t bytes = round_up(heap_bytes(), os_page_bytes());
    struct heap *heap = (struct heap *)os_map(bytes, os_page_bytes());
    if (heap == NULL) return NULL;
    stats_mapped(bytes);
    atom_add(&stats.heaps, 1, relaxed);
    heap_init(heap);
    return heap;
}

struct heap *thread_heap(void) {
    struct heap *heap = this_thread.heap;
    if (likely(heap != &empty_heap)) return heap;
    heap = heap_map();
    if (heap == NULL) return NULL;
    this_thread.heap = heap;
    return heap;
}
