/* thread.h -- which heap is this thread's.
 *
 * Problem   A thread must find its heap in one instruction, before its first allocation and after
 *           its last.
 * Idea      A thread-local pointer that starts at the empty heap, so that fast paths need no test:
 *           they find every cache empty and no slab theirs.
 * Exit      The OS's hook passes the heap on. Whatever the thread frees after that goes the way of
 *           a stranger's free; whatever it allocates comes from a heap borrowed for that one call.
 * Key       Where a thread-local variable's first use calls malloc, the OS layer finds it: thread_key.h.
 * No hook   If the OS refuses the hook, the heap is only borrowed, too, or it would be lost with the
 *           thread. The next call asks for the hook again.
 */
#ifndef THREAD_H
#define THREAD_H

#include "heap.h"
#include "os.h"

struct thread {
    struct heap *heap; /* &empty_heap before the first allocation and after the exit hook */
    bool ended;        /* the exit hook has run                                           */
    bool samples;      /* a sample is being recorded, which may allocate (sampler.h)      */
    bool borrows;      /* no exit hook will run: the heap goes back after each slow call  */
};

#if BITSLAB_THREAD_KEY
#include "thread_key.h" /* says how this_thread is reached there */
#else
extern HIDDEN _Thread_local struct thread this_thread;
#endif

/** Bytes behind a heap for its thread's variable, where that is not thread-local. */
#define THREAD_BYTES (BITSLAB_THREAD_KEY ? sizeof(struct thread) : 0)

/** This thread's heap, made if need be; NULL if the OS has no memory. Follow it by
 *  thread_heap_done. Lock-free, OS-bound. */
struct heap *thread_heap(void);

/** A heap that nobody uses, made if need be; NULL if the OS has no memory. Lock-free, OS-bound. */
struct heap *heap_obtain(void);

/** Leave a heap that owns nothing to whoever obtains one next. Lock-free. */
void heap_leave(struct heap *heap);

/** The heap made last; heap->made_before leads to all others. Heaps are never unmapped. */
struct heap *heap_newest(void);

/** Bytes mapped for a heap. */
size_t heap_mapped_bytes(void);

/** The slow call that asked for the heap is done with it: a thread that borrows gives it back. */
void thread_heap_done(struct heap *heap);

#endif
