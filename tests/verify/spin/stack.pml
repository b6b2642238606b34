/* stack.pml -- threads pop nodes and push them back: no node is lost, and none has two owners.
 *
 * The steps are in stack.inc; the pool and the orphanage use this stack. Each thread pops, and
 * pushes nodes that it has, in any mixture: a popper that sleeps with a node's link in its hand
 * while that node and the one below are popped, and the first is pushed back, is among the
 * schedules (ABA). Whoever runs may stop for ever before any step.
 *
 * Every node is on the stack or some thread's; at the end, those on the stack are what a walk from
 * the head meets. Somebody always finishes: no schedule is endless (there are no cycles), although
 * an attempt fails when another one succeeded.
 *
 * Run     THREADS=3 CALLS=3 NODES=2
 * Run     THREADS=2 CALLS=4 NODES=2
 * Cycles  THREADS=3 CALLS=2 NODES=2
 *
 * Small   THREADS=2 CALLS=3 NODES=2
 * Mutant  NO_TAG lost             the head is the top node only: ABA
 * Mutant  PUSH_BY_STORE lost      a push writes the head without comparing
 * Mutant  POP_BY_STORE lost       a pop writes the head without comparing
 * Mutant  LINK_STORED_ONCE lost   a push that is tried again keeps its first link
 * Mutant  LINK_READ_ONCE lost     a pop that is tried again keeps the first node's link
 * Mutant  OLD_HEAD_AGAIN circles  a pop that failed compares with the same old head again
 * Mutant  UNDER_LOCK circles      a spin lock around each operation
 */
#include "common.inc"

#define STACK 255 /* no thread: it is on the stack */

byte owner[NODES + 1] = STACK; /* only for the checks */

inline popped() {
    assert(owner[top] == STACK);
    owner[top] = id
}

inline pushed() {
    assert(owner[node] == id);
    owner[node] = STACK
}

#include "stack.inc"

bool locked;

inline lock() {
#ifdef UNDER_LOCK
    do :: atomic { !locked -> locked = true; break } :: locked -> skip od
#else
    skip
#endif
}

inline unlock() {
#ifdef UNDER_LOCK
    locked = false
#else
    skip
#endif
}

inline forget() {
    node = 0; top = 0; tag = 0; next = 0; done = false
}

proctype user(byte id) {
    byte times, node, top, tag, next;
    bool done;
    do
    :: times < CALLS ->
        times++;
        lock();
        if
        :: stack_pop()
        :: atomic { owner[1] == id -> node = 1 }; stack_push()
        :: atomic { owner[2] == id -> node = 2 }; stack_push()
        fi;
        unlock();
        atomic { forget() }
    :: else -> break
    od;
stopped:
    atomic { times = 0; forget(); gone++ }
}

init {
    byte i, on_stack;
    atomic {
        for (i : 1 .. NODES) { link[i] = i - 1 }
        head = NODES;
        for (i : 1 .. THREADS) { run user(i) }
    }
    gone == THREADS;
    d_step {
        for (i : 1 .. NODES) { on_stack = on_stack + (owner[i] == STACK) };
        i = head;
        do
        :: i == 0 -> break
        :: else ->
            assert(owner[i] == STACK && on_stack > 0);
            on_stack--;
            i = link[i]
        od;
        assert(on_stack == 0)
    }
}
