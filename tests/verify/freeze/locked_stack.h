/* locked_stack.h -- the library's stack behind a spinlock: what the test must find.
 *
 * Compiled in before everything else, it takes the place of stack.h. Here the lock is deep inside,
 * held for a few instructions, and only on the way to and from the stacks of superpages and heaps.
 */
#ifndef STACK_H
#define STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "atomic.h"

#define NODE_SHIFT 16

struct stack {
    _Alignas(64) _Atomic uint64_t head;
    _Atomic bool locked;
};

typedef _Atomic uint32_t *stack_link(uintptr_t node);

static inline void stack_lock(struct stack *stack) {
    while (atom_swap(&stack->locked, 1, acquire)) {
    }
}

static inline void stack_unlock(struct stack *stack) { atom_store(&stack->locked, 0, release); }

static inline void stack_push(struct stack *stack, uintptr_t node, stack_link *link) {
    stack_lock(stack);
    atom_store(link(node), (uint32_t)atom_load(&stack->head, relaxed), relaxed);
    atom_store(&stack->head, node >> NODE_SHIFT, relaxed);
    stack_unlock(stack);
}

static inline uintptr_t stack_pop(struct stack *stack, stack_link *link) {
    stack_lock(stack);
    uintptr_t node = (uintptr_t)(uint32_t)atom_load(&stack->head, relaxed) << NODE_SHIFT;
    if (node != 0) atom_store(&stack->head, atom_load(link(node), relaxed), relaxed);
    stack_unlock(stack);
    return node;
}

static inline uintptr_t stack_top(struct stack *stack) {
    return (uintptr_t)(uint32_t)atom_load(&stack->head, relaxed) << NODE_SHIFT;
}

static inline uintptr_t stack_next(uintptr_t node, stack_link *link) {
    return (uintptr_t)atom_load(link(node), relaxed) << NODE_SHIFT;
}

#endif
