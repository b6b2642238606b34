/* pipe.h -- a way for one thread to hand batches of blocks to another; part of the harness.
 *
 * A ring of DEPTH batches between one sender and one receiver. Whoever finds it full or empty gives
 * the processor away: on two processors a thread that spins would take the other's time. Time spent
 * here is never measured.
 */
#ifndef PIPE_H
#define PIPE_H

#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>

enum { PIPE_DEPTH = 8, PIPE_BATCH = 512 };

struct pipe {
    _Alignas(128) _Atomic size_t sent;
    _Alignas(128) _Atomic size_t received;
    _Alignas(128) void *batches[PIPE_DEPTH][PIPE_BATCH];
};

/* The batch to be filled next; pipe_send passes it on. */
static inline void **pipe_fill(struct pipe *pipe) {
    size_t next = atomic_load_explicit(&pipe->sent, memory_order_relaxed);
    while (next - atomic_load_explicit(&pipe->received, memory_order_acquire) == PIPE_DEPTH) {
        sched_yield();
    }
    return pipe->batches[next % PIPE_DEPTH];
}

static inline void pipe_send(struct pipe *pipe) {
    size_t next = atomic_load_explicit(&pipe->sent, memory_order_relaxed);
    atomic_store_explicit(&pipe->sent, next + 1, memory_order_release);
}

/* The batch that came first; pipe_done gives its place back. */
static inline void **pipe_receive(struct pipe *pipe) {
    size_t next = atomic_load_explicit(&pipe->received, memory_order_relaxed);
    while (atomic_load_explicit(&pipe->sent, memory_order_acquire) == next) sched_yield();
    return pipe->batches[next % PIPE_DEPTH];
}

static inline void pipe_done(struct pipe *pipe) {
    size_t next = atomic_load_explicit(&pipe->received, memory_order_relaxed);
    atomic_store_explicit(&pipe->received, next + 1, memory_order_release);
}

#endif
