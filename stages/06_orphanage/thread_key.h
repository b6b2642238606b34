/* thread_key.h -- this thread's variable, where it cannot be thread-local (BITSLAB_THREAD_KEY).
 *
 * Problem   On macOS and OpenBSD the first use of a thread-local variable calls malloc, which would use
 *           it again; and the variable may be gone while the thread still frees.
 * Idea      The OS layer keeps one pointer for each thread, the argument of its exit hook. It leads to
 *           the variable, which lies behind the heap that the thread has.
 * None      A thread without a heap, and one that has ended, share a variable each. These are constant:
 *           nobody may write to what is not his alone. They read as if a sample were being recorded, so
 *           that none is.
 */
#ifndef THREAD_KEY_H
#define THREAD_KEY_H

extern HIDDEN const struct thread no_thread;

static inline struct thread *thread_here(void) {
    void *thread = os_thread_argument();
    return likely(thread != NULL) ? (struct thread *)thread : (struct thread *)&no_thread;
}

#undef this_thread /* the amalgamation's name for the variable that is not there */
#define this_thread (*thread_here())

#endif
