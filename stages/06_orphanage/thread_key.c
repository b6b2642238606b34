/* thread_key.c -- a thread gets its heap, and its variable with it, and leaves both (thread_key.h).
 *
 * Order     The heap is this thread's before its exit hook is armed: to arm it may come back to malloc,
 *           which must find a heap then, or it would come back for ever.
 * Borrowed  A heap of which this thread's variable knows nothing: the thread has ended, or the OS refused
 *           the hook. It goes back after each slow call.
 */
#include "thread.h"

#if BITSLAB_THREAD_KEY
#include "bits.h"
#include "orphanage.h"
#include "stats.h"

const struct thread no_thread = {&empty_heap, false, true, false};
static const struct thread ended_thread = {&empty_heap, true, true, false};

static struct thread *thread_of(struct heap *heap) {
    return (struct thread *)((char *)heap + heap_bytes());
}

static void leave(struct heap *heap) {
    heap_abandon(heap);
    heap_leave(heap);
}

/* Called again with what it left behind, it has nothing more to do. */
static void on_thread_exit(void *argument) {
    struct thread *thread = (struct thread *)argument;
    os_thread_ended(on_thread_exit, (void *)&ended_thread);
    if (thread->ended) return;
    atom_add(&stats.threads_ended, 1, relaxed);
    leave(thread->heap);
}

struct heap *thread_heap(void) {
    struct heap *heap = this_thread.heap;
    if (likely(heap != &empty_heap)) return heap;
    heap = heap_obtain();
    if (heap == NULL) return NULL;
    struct thread *thread = thread_of(heap);
    thread->heap = heap;
    thread->ended = thread->samples = thread->borrows = false;
    if (!this_thread.ended) (void)os_on_thread_exit(on_thread_exit, thread);
    return heap;
}

void thread_heap_done(struct heap *heap) {
    if (unlikely(this_thread.heap != heap)) leave(heap);
}
#endif
