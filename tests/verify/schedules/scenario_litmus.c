/* scenario_litmus.c -- is the explorer's memory model the one of C11?
 *
 * Small programs of which it is known what they may read. Each must show exactly these results:
 * one that is missing means that schedules are not tried, or that loads return too few old values;
 * one too many, that an order is weaker here than it is. What the model leaves out on purpose
 * (memory.c) is not here: load buffering, and stores that become visible in another order.
 * Source: Alglave 2014 (the names); Boehm 2008 (release sequences).
 */
#include "scenarios.h"

static _Atomic uint32_t x, y;
static uint32_t result[4];

static void nothing(void) {}

/* The results of a run as the bits of a number: the first result is bit 0. */
static void look(void) {
    unsigned outcome = 0;
    for (unsigned i = 0; i < 4; i++) outcome |= result[i] << i;
    saw(outcome);
}

#define ONLY(outcome) (1u << (outcome))
#define ALL_OF(bits) (uint32_t)((1ull << (1u << (bits))) - 1)

#define THREAD(name, ...) \
    static void name(void) { __VA_ARGS__; }
#define LITMUS(name_, what_, count, outcomes_, ...)              \
    const struct scenario name_ = {.name = #name_,               \
                                   .what = what_,                \
                                   .threads = count,             \
                                   .preemptions = UNBOUNDED,     \
                                   .stale_reads = UNBOUNDED,     \
                                   .prepare = nothing,           \
                                   .role = {"a", "b", "c", "d"}, \
                                   .work = {__VA_ARGS__},        \
                                   .check = look,                \
                                   .outcomes = outcomes_}

/* Store buffering: both threads may miss the other's store, unless all is seq_cst. */
THREAD(x_then_y, atom_store(&x, 1, release); result[0] = atom_load(&y, acquire))
THREAD(y_then_x, atom_store(&y, 1, release); result[1] = atom_load(&x, acquire))
LITMUS(sb, "store buffering, release and acquire", 2, ALL_OF(2), x_then_y, y_then_x);

THREAD(x_then_y_sc, atom_store(&x, 1, seq_cst); result[0] = atom_load(&y, seq_cst))
THREAD(y_then_x_sc, atom_store(&y, 1, seq_cst); result[1] = atom_load(&x, seq_cst))
LITMUS(sb_seq_cst, "store buffering, seq_cst", 2, ALL_OF(2) & ~ONLY(0), x_then_y_sc, y_then_x_sc);

/* The same with changes in place of stores, as remote free has it. */
THREAD(or_x_then_y, atom_or(&x, 1, acq_rel); result[0] = atom_load(&y, acquire))
THREAD(or_y_then_x, atom_or(&y, 1, acq_rel); result[1] = atom_load(&x, acquire))
LITMUS(sb_or, "store buffering by ORs, acq_rel", 2, ALL_OF(2), or_x_then_y, or_y_then_x);

THREAD(or_x_then_y_sc, atom_or(&x, 1, seq_cst); result[0] = atom_load(&y, seq_cst))
THREAD(or_y_then_x_sc, atom_or(&y, 1, seq_cst); result[1] = atom_load(&x, seq_cst))
LITMUS(sb_or_seq_cst, "store buffering by ORs, seq_cst", 2, ALL_OF(2) & ~ONLY(0), or_x_then_y_sc,
       or_y_then_x_sc);

/* Message passing: whoever sees the flag sees the data, if one side releases and one acquires. */
THREAD(send, atom_store(&x, 1, relaxed); atom_store(&y, 1, release))
THREAD(send_relaxed, atom_store(&x, 1, relaxed); atom_store(&y, 1, relaxed))
THREAD(receive, result[0] = atom_load(&y, acquire); result[1] = atom_load(&x, relaxed))
THREAD(receive_relaxed, result[0] = atom_load(&y, relaxed); result[1] = atom_load(&x, relaxed))
LITMUS(mp, "message passing", 2, ALL_OF(2) & ~ONLY(1), send, receive);
LITMUS(mp_no_release, "message passing without release", 2, ALL_OF(2), send_relaxed, receive);
LITMUS(mp_no_acquire, "message passing without acquire", 2, ALL_OF(2), send, receive_relaxed);

/* A release sequence goes on through a relaxed change of another thread, and not through a store. */
THREAD(change, result[2] = atom_or_old(&y, 2, relaxed))
THREAD(overwrite, result[2] = atom_load(&y, relaxed); atom_store(&y, 3, relaxed))
THREAD(receive_changed, result[0] = atom_load(&y, acquire) == 3; result[1] = atom_load(&x, relaxed))
LITMUS(release_sequence, "a relaxed OR in between passes the message on", 3,
       ONLY(0) | ONLY(2) | ONLY(4) | ONLY(6) | ONLY(7), send, change, receive_changed);
LITMUS(release_sequence_broken, "a relaxed store in between does not", 3, ALL_OF(3), send,
       overwrite, receive_changed);

/* Independent reads of independent writes: two readers may disagree, unless all is seq_cst. */
THREAD(write_x, atom_store(&x, 1, release))
THREAD(write_y, atom_store(&y, 1, release))
THREAD(read_x_y, result[0] = atom_load(&x, acquire); result[1] = atom_load(&y, acquire))
THREAD(read_y_x, result[2] = atom_load(&y, acquire); result[3] = atom_load(&x, acquire))
LITMUS(iriw, "two readers of two writers, release and acquire", 4, ALL_OF(4), write_x, write_y,
       read_x_y, read_y_x);

THREAD(write_x_sc, atom_store(&x, 1, seq_cst))
THREAD(write_y_sc, atom_store(&y, 1, seq_cst))
THREAD(read_x_y_sc, result[0] = atom_load(&x, seq_cst); result[1] = atom_load(&y, seq_cst))
THREAD(read_y_x_sc, result[2] = atom_load(&y, seq_cst); result[3] = atom_load(&x, seq_cst))
LITMUS(iriw_seq_cst, "two readers of two writers, seq_cst", 4, ALL_OF(4) & ~ONLY(5), write_x_sc,
       write_y_sc, read_x_y_sc, read_y_x_sc);

/* Coherence: one location's stores are never seen in the wrong order. */
THREAD(write_twice, atom_store(&x, 1, relaxed); atom_store(&x, 2, relaxed))
THREAD(read_twice, uint32_t first = atom_load(&x, relaxed);
       uint32_t second = atom_load(&x, relaxed); result[0] = first == 2; result[1] = second == 2;
       result[2] = first != 0; result[3] = second != 0)
LITMUS(coherence, "a thread reads one location twice", 2,
       ONLY(0) | ONLY(8) | ONLY(10) | ONLY(12) | ONLY(14) | ONLY(15), write_twice, read_twice);
