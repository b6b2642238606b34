/* scenario_pool.c -- empty superpages come and go: the tagged stack against ABA. */
#include "bitslab.h"
#include "pool.h"
#include "scenarios.h"
#include "supply.h"
#include "thread.h"

/* Three superpages in the pool. */
static void fill_the_pool(void) {
    struct superpage *superpages[3];
    for (unsigned i = 0; i < 3; i++) superpages[i] = superpage_map();
    for (unsigned i = 0; i < 3; i++) pool_put(superpages[i]);
}

static void has_a_heap(void) { thread_heap(); }

static void prepare(void) {
    as_thread(3, fill_the_pool);
    for (unsigned i = 0; i < 3; i++) as_thread(i, has_a_heap);
}

static struct superpage *take(void) {
    struct heap *heap = this_thread.heap;
    struct superpage *superpage = pool_take();
    atom_store(&superpage->owner, heap, relaxed);
    heap_link(heap, superpage);
    return superpage;
}

static void put(struct superpage *superpage) {
    heap_unlink(this_thread.heap, superpage);
    pool_put(superpage);
}

static void take_one(void) { take(); }

/* The top comes back with another one below it. */
static void take_two_put_one(void) {
    struct superpage *first = take();
    take();
    put(first);
}

static void take_and_put(void) { put(take()); }

static void check(void) {
    for (unsigned i = 0; i < run.scenario->threads; i++)
        if (!ended(i)) return;
    whole();
}

const struct scenario pool_aba = {
    .name = "pool_aba",
    .what = "one thread pops while another pops twice and pushes the first one back",
    .threads = 2,
    .preemptions = UNBOUNDED,
    .stale_reads = UNBOUNDED,
    .freezes = 1,
    .prepare = prepare,
    .role = {"taker", "swapper"},
    .work = {take_one, take_two_put_one},
    .check = check,
};

const struct scenario pool_three = {
    .name = "pool_three",
    .what = "the same with a third thread that pops and pushes",
    .threads = 3,
    .preemptions = 2,
    .stale_reads = 1,
    .freezes = 1,
    .prepare = prepare,
    .role = {"taker", "swapper", "turner"},
    .work = {take_one, take_two_put_one, take_and_put},
    .check = check,
};
