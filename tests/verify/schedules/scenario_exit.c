/* scenario_exit.c -- the owner ends while others free its bins: no free may be lost with it. */
#include <string.h>

#include "bitslab.h"
#include "block.h"
#include "orphanage.h"
#include "remote_free.h"
#include "scenarios.h"
#include "thread.h"

static char *blocks[64];

static void own_blocks(void) {
    for (unsigned i = 0; i < 64; i++) blocks[i] = bitslab_malloc(1024);
}

static void has_a_heap(void) { thread_heap(); }

static void prepare(void) {
    as_thread(0, own_blocks);
    as_thread(3, come_and_go);
    as_thread(4, come_and_go);
}

/* Its magazines take strangers' bins only after it allocated. */
static void has_used_its_cache(void) { bitslab_free(bitslab_malloc(1024)); }

static void prepare_holder(void) {
    as_thread(0, own_blocks);
    as_thread(1, has_used_its_cache);
}

/* As before, but the freers have heaps, and may hold frees back. */
static void prepare_held(void) {
    as_thread(0, own_blocks);
    as_thread(1, has_a_heap);
    as_thread(2, has_a_heap);
}

static void use(unsigned number) { memset(blocks[number], (int)number, 8); }

static void free_0(void) {
    use(0);
    bitslab_free(blocks[0]);
    remote_flush(this_thread.heap); /* the heap that the free gave it */
}

static void free_1(void) {
    use(1);
    bitslab_free(blocks[1]);
    remote_flush(this_thread.heap); /* the heap that the free gave it */
}

static void free_2_and_3(void) {
    use(2);
    block_give_back(this_thread.heap, blocks[2]);
    use(3);
    block_give_back(this_thread.heap, blocks[3]);
    remote_flush(this_thread.heap);
}

/* Whoever owns the superpage in the end finds every free that was finished. */
static void found(unsigned freer, unsigned number) {
    if (!ended(freer)) return;
    announced(blocks[number]);
    must(where_is(blocks[number]) != LIVE, "I1: block %u was freed and is nowhere", number);
}

/* Somebody who stopped in the middle may have left the superpage between two places. */
static bool all_ended(void) {
    for (unsigned i = 0; i < run.scenario->threads; i++)
        if (!ended(i)) return false;
    return true;
}

static void check_direct(void) {
    if (!all_ended()) return;
    found(1, 0);
    if (run.scenario->threads > 2) found(2, 1);
    whole();
}

static void check_held(void) {
    if (!all_ended()) return;
    found(1, 2);
    found(1, 3);
    if (run.scenario->threads > 2) found(2, 0);
    whole();
}

const struct scenario exit_one = {
    .name = "exit_one",
    .what = "the owner ends while another thread frees a bin",
    .threads = 2,
    .preemptions = UNBOUNDED,
    .stale_reads = 2,
    .prepare = prepare,
    .role = {"owner", "freer"},
    .work = {thread_ends, free_0},
    .check = check_direct,
};

const struct scenario exit_two = {
    .name = "exit_two",
    .what = "the owner ends while two threads free bins",
    .threads = 3,
    .preemptions = 3,
    .stale_reads = 1,
    .prepare = prepare,
    .role = {"owner", "freer", "freer"},
    .work = {thread_ends, free_0, free_1},
    .check = check_direct,
};

const struct scenario exit_held = {
    .name = "exit_held",
    .what = "the owner ends while a thread holds frees back and another one frees at once",
    .threads = 3,
    .preemptions = 2,
    .stale_reads = 1,
    .prepare = prepare_held,
    .role = {"owner", "holder", "freer"},
    .work = {thread_ends, free_2_and_3, free_0},
    .check = check_held,
};

/* Frozen anywhere, the others still come to their end, and what they freed is announced. */
static void check_frozen(void) {
    struct heap *owner = atom_load(&superpage_of((uintptr_t)blocks[0])->owner, relaxed);
    for (unsigned i = 0; i < 3; i++) /* it may have stopped while it collects */
        if (!ended(i) && arena.exit_argument[i] == owner) return;
    if (ended(1)) announced(blocks[0]);
    if (ended(2)) announced(blocks[1]);
}

const struct scenario exit_frozen = {
    .name = "exit_frozen",
    .what = "the same, and one of the threads stops for ever",
    .threads = 3,
    .preemptions = 2,
    .stale_reads = 0,
    .freezes = 1,
    .prepare = prepare,
    .role = {"owner", "freer", "freer"},
    .work = {thread_ends, free_0, free_1},
    .check = check_frozen,
};

/* Frees that wait in a thread's own caches when it ends: the owner must get them. */
static void free_and_end(void) {
    use(2);
    block_give_back(this_thread.heap, blocks[2]);
    use(3);
    bitslab_free(blocks[3]); /* into its magazine: it may have the bin itself next time */
    thread_ends();
}

static void collect(void) { heap_collect_all(this_thread.heap); }

static void check_holder(void) {
    if (!all_ended()) return;
    for (unsigned i = 2; i < 4; i++) {
        announced(blocks[i]);
        must(where_is(blocks[i]) == FREE || where_is(blocks[i]) == REMOTE,
             "I1: block %u went with the thread that freed it", i);
    }
    whole();
}

const struct scenario holder_ends = {
    .name = "holder_ends",
    .what = "a thread ends that holds frees back, and has bins of others in its caches",
    .threads = 2,
    .preemptions = UNBOUNDED,
    .stale_reads = 2,
    .prepare = prepare_holder,
    .role = {"owner", "holder"},
    .work = {collect, free_and_end},
    .check = check_holder,
};
