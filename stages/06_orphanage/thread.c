/* thread.c -- heaps come from a stack of idle ones, and go back there when their thread ends. */
#include "thread.h"

#include "magazine.h"
#include "mapping.h"
#include "options.h"
#include "orphanage.h"
#include "os.h"
#include "stack.h"
#include "stats.h"

struct heap empty_heap;

static struct stack idle_heaps;

static _Atomic uint32_t *link_of(uintptr_t heap) { return &((struct heap *)heap)->next_on_stack; }

static _Atomic(struct heap *) newest;

struct heap *heap_newest(void) {
    return atom_load(&newest, acquire); /* [TH-1] */
}

/* Enter a heap into the chain of all heaps, which only grows. */
static void enter(struct heap *heap) {
    struct heap *before = atom_load(&newest, relaxed);
    do {
        heap->made_before = before;
        /* [TH-1] release: whoever finds the heap finds it made. */
    } while (!atom_cas(&newest, &before, heap, release, relaxed));
}

size_t heap_mapped_bytes(void) {
    return magazines_before() + round_up(heap_bytes() + THREAD_BYTES, os_page_bytes());
}

/* Heaps lie at multiples of 64 KiB, as the stack's nodes must. */
static struct heap *heap_map(void) {
    options_load();
    char *base = (char *)mapping_make(heap_mapped_bytes(), SLAB_BYTES);
    if (base == NULL) return NULL;
    struct heap *heap = (struct heap *)(base + magazines_before());
    atom_add(&stats.heaps, 1, relaxed);
    heap_init(heap);
    magazines_close(heap);
    enter(heap);
    return heap;
}

struct heap *heap_obtain(void) {
    struct heap *heap = (struct heap *)stack_pop(&idle_heaps, link_of);
    return heap != NULL ? heap : heap_map();
}

void heap_leave(struct heap *heap) { stack_push(&idle_heaps, (uintptr_t)heap, link_of); }

#if !BITSLAB_THREAD_KEY /* else thread_key.c */
_Thread_local struct thread this_thread = {&empty_heap, false, false, false};

static void on_thread_exit(void *heap) {
    this_thread.heap = &empty_heap;
    this_thread.ended = true;
    atom_add(&stats.threads_ended, 1, relaxed);
    heap_abandon((struct heap *)heap);
    heap_leave((struct heap *)heap);
}

struct heap *thread_heap(void) {
    struct heap *heap = this_thread.heap;
    if (likely(heap != &empty_heap)) return heap;
    heap = heap_obtain();
    if (heap == NULL) return NULL;
    this_thread.heap = heap; /* before the hook is set, since setting it may allocate */
    this_thread.borrows = this_thread.ended || !os_on_thread_exit(on_thread_exit, heap);
    return heap;
}

void thread_heap_done(struct heap *heap) {
    if (likely(!this_thread.borrows)) return;
    this_thread.heap = &empty_heap;
    this_thread.borrows = false; /* while the next hook is set, the heap must not go */
    heap_abandon(heap);
    heap_leave(heap);
}
#endif
