/* stack.h -- a lock-free stack of things that are never unmapped.
 *
 * Idea      Push and pop swing one word by compare-and-swap. The word holds the top node's number
 *           and a tag that every push changes: without it, a popper that slept while the top was
 *           popped and pushed back would install a stale second node (ABA).
 * Nodes     lie at multiples of 64 KiB below 2^48, so a number takes 32 bits and the tag has the
 *           other 32. A popper may read the link of a node that another thread has just popped,
 *           hence links are atomic and nodes are never unmapped.
 * Progress  lock-free: an attempt fails only if another succeeded.
 * Source    Treiber 1986 (the stack); Michael 2004 (tags against ABA).
 */
#ifndef STACK_H
#define STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "atomic.h"

#define NODE_SHIFT 16

struct stack {
    _Alignas(64) _Atomic uint64_t head; /* tag << 32 | number of the top node, 0 if empty */
};

/** Finds a node's link to the next one, by the node's address. */
typedef _Atomic uint32_t *stack_link(uintptr_t node);

static inline void stack_push(struct stack *stack, uintptr_t node, stack_link *link) {
    uint64_t head = atom_load(&stack->head, relaxed);
    uint64_t top;
    do {
        atom_store(link(node), (uint32_t)head, relaxed);
        top = ((head >> 32) + 1) << 32 | node >> NODE_SHIFT;
        /* [ST-1] release: what was written to the node is seen by the thread that pops it. */
    } while (!atom_cas(&stack->head, &head, top, release, relaxed));
}

static inline uintptr_t stack_pop(struct stack *stack, stack_link *link) {
    /* [ST-1] acquire, on each retry too: the link that is read next belongs to this very head. */
    uint64_t head = atom_load(&stack->head, acquire);
    while ((uint32_t)head != 0) {
        uintptr_t node = (uintptr_t)(uint32_t)head << NODE_SHIFT;
        uint64_t top = (head >> 32) << 32 | atom_load(link(node), relaxed);
        if (atom_cas(&stack->head, &head, top, acquire, acquire)) return node;
    }
    return 0;
}

/** The top node, or the one below a node; 0: none. Only while nobody pushes or pops. */
static inline uintptr_t stack_top(const struct stack *stack) {
    return (uintptr_t)(uint32_t)atom_load(&stack->head, relaxed) << NODE_SHIFT;
}

static inline uintptr_t stack_next(uintptr_t node, stack_link *link) {
    return (uintptr_t)atom_load(link(node), relaxed) << NODE_SHIFT;
}

#endif
