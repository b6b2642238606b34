/* scenario_adopt.c -- superpages of ended threads find new owners, one each. */
#include "bitslab.h"
#include "block.h"
#include "orphanage.h"
#include "remote_free.h"
#include "scenarios.h"
#include "thread.h"

static char *blocks[THREADS_MAX];

static void own_a_block(void) { blocks[run.current] = bitslab_malloc(16384); }
static void has_a_heap(void) { thread_heap(); }

static void leave_a_block(void) {
    own_a_block();
    thread_ends();
}

/* Two orphans wait, and a third will come. */
static void prepare(void) {
    as_thread(0, own_a_block);
    as_thread(3, leave_a_block);
    as_thread(4, leave_a_block);
    as_thread(1, has_a_heap);
    as_thread(2, has_a_heap);
}

static void adopt(void) { orphanage_adopt(this_thread.heap); }

static void adopt_twice(void) {
    adopt();
    adopt();
}

/* A block of an orphan is freed by somebody who thus claims it, and soon lets go of it again; it may
 * be on the stack all the while. */
static void claim_and_end(void) {
    block_give_back(this_thread.heap, blocks[3]);
    thread_ends();
}

static bool all_ended(void) {
    for (unsigned i = 0; i < run.scenario->threads; i++)
        if (!ended(i)) return false;
    return true;
}

/* That no superpage has two owners, or none and no way to one, is what `whole` looks at. */
static void check(void) {
    if (all_ended()) whole();
}

const struct scenario adopters = {
    .name = "adopters",
    .what = "two threads adopt while a third one ends",
    .threads = 3,
    .preemptions = 3,
    .stale_reads = 1,
    .prepare = prepare,
    .role = {"leaver", "adopter", "adopter"},
    .work = {thread_ends, adopt_twice, adopt},
    .check = check,
};

const struct scenario adopt_or_claim = {
    .name = "adopt_or_claim",
    .what = "one thread adopts, one frees into an orphan and ends, a third one ends; one may stop",
    .threads = 3,
    .preemptions = 2,
    .stale_reads = 1,
    .freezes = 1,
    .prepare = prepare,
    .role = {"leaver", "adopter", "claimer"},
    .work = {thread_ends, adopt_twice, claim_and_end},
    .check = check,
};
