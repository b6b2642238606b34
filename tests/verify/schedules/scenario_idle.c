/* scenario_idle.c -- an owner hands out the last of a superpage and lets go of it, while others free
 * into it and would have it, and while it wakes up and wants it back. */
#include <string.h>

#include "bitslab.h"
#include "block.h"
#include "orphanage.h"
#include "remote_free.h"
#include "scenarios.h"
#include "thread.h"

static char *blocks[8];
static char *last;

/* All of a superpage but its last slot: 29 slots in one block, and a slab of four bins. */
static void own_a_superpage(void) {
    blocks[7] = bitslab_malloc(29 * SLAB_BYTES);
    for (unsigned i = 0; i < 4; i++) blocks[i] = bitslab_malloc(16000);
}

static void has_a_heap(void) { thread_heap(); }

static void prepare(void) {
    as_thread(0, own_a_superpage);
    as_thread(3, come_and_go);
    as_thread(4, come_and_go);
}

static void prepare_heaps(void) {
    as_thread(0, own_a_superpage);
    as_thread(1, has_a_heap);
    as_thread(2, has_a_heap);
}

/* The last slot becomes a slab, all of whose bins go to the cache: there is nothing left. The owner
 * lets go of it, as if two more superpages had been used up since. */
static void hand_out_the_last(void) {
    struct heap *heap = this_thread.heap;
    struct superpage *superpage = superpage_of((uintptr_t)blocks[0]);
    last = bitslab_malloc(16000);
    if (superpage_owned(superpage, heap) && superpage_exhausted(superpage))
        superpage_give_up(heap, superpage);
}

static void sleep_and_wake(void) {
    hand_out_the_last();
    bitslab_free(blocks[2]); /* of a superpage that it gave up, or that it has back */
    bitslab_free(last);
}

static void free_one(unsigned number) {
    memset(blocks[number], 1, 8);
    bitslab_free(blocks[number]);
    remote_flush(this_thread.heap); /* what the free gave it */
}

/* Past the caches, which would keep it. */
static void free_one_at_once(unsigned number) {
    memset(blocks[number], 1, 8);
    block_give_back(this_thread.heap, blocks[number]);
    remote_flush(this_thread.heap);
}

static void free_0_at_once(void) { free_one_at_once(0); }
static void free_1_at_once(void) { free_one_at_once(1); }
static void free_0(void) { free_one(0); }
static void free_wide(void) { free_one(7); }

static void found(unsigned freer, unsigned number) {
    if (!ended(freer)) return;
    announced(blocks[number]);
    bool used_again = last == blocks[number];
    must(used_again || where_is(blocks[number]) != LIVE, "I1: block %u was freed and is nowhere",
         number);
}

static void check(void) {
    for (unsigned i = 0; i < run.scenario->threads; i++)
        if (!ended(i)) return;
    found(1, 0);
    if (run.scenario->threads > 2 && run.scenario->work[2] == free_1_at_once) found(2, 1);
    whole();
}

const struct scenario idle_one = {
    .name = "idle_one",
    .what = "the owner gives a full superpage up while a thread frees into it; either may stop",
    .threads = 2,
    .preemptions = UNBOUNDED,
    .stale_reads = 2,
    .freezes = 1,
    .prepare = prepare,
    .role = {"owner", "freer"},
    .work = {hand_out_the_last, free_0},
    .check = check,
};

const struct scenario idle_two = {
    .name = "idle_two",
    .what = "the same with two freers, one of whom frees a wide block",
    .threads = 3,
    .preemptions = 2,
    .stale_reads = 1,
    .freezes = 1,
    .prepare = prepare,
    .role = {"owner", "freer", "widefreer"},
    .work = {hand_out_the_last, free_0, free_wide},
    .check = check,
};

const struct scenario idle_wakes = {
    .name = "idle_wakes",
    .what = "the owner gives it up and wakes at once, while two threads free into it",
    .threads = 3,
    .preemptions = 2,
    .stale_reads = 1,
    .prepare = prepare_heaps,
    .role = {"owner", "freer", "freer"},
    .work = {sleep_and_wake, free_0_at_once, free_1_at_once},
    .check = check,
};

const struct scenario idle_wakes_frozen = {
    .name = "idle_wakes_frozen",
    .what = "the same, and one of the threads stops for ever",
    .threads = 3,
    .preemptions = 2,
    .stale_reads = 0,
    .freezes = 1,
    .prepare = prepare_heaps,
    .role = {"owner", "freer", "freer"},
    .work = {sleep_and_wake, free_0_at_once, free_1_at_once},
    .check = check,
};
