/* scenario_decay.c -- what is due is given back while others fetch it. */
#include <string.h>

#include "bitslab.h"
#include "decay.h"
#include "pool.h"
#include "scenarios.h"
#include "supply.h"
#include "thread.h"

static void a_delay_passes(void) {
    arena.now_ms += PURGE_DELAY_MS;
    decay_step();
}

static struct superpage *take(void) {
    struct superpage *superpage = pool_take();
    atom_store(&superpage->owner, this_thread.heap, relaxed);
    heap_link(this_thread.heap, superpage);
    return superpage;
}

static void put(struct superpage *superpage) {
    heap_unlink(this_thread.heap, superpage);
    pool_put(superpage);
}

/* As a slab's first bin would. */
static void use(struct superpage *superpage) {
    bool zero;
    must(superpage_empty(superpage), "the pool gave a superpage that is in use");
    must(superpage_take_run(superpage, 1, 1, &zero), "the OS does not refuse here");
    superpage->free_slots |= slot_bit(1);
}

static struct superpage *kept; /* by thread 0 */

/* Three superpages in the pool, used once, an epoch old. */
static void fill_the_pool(void) {
    struct superpage *superpages[3];
    for (unsigned i = 0; i < 3; i++) superpages[i] = superpage_map();
    for (unsigned i = 0; i < 3; i++) use(superpages[i]);
    for (unsigned i = 0; i < 3; i++) pool_put(superpages[i]);
    a_delay_passes();
}

static void keep_one(void) {
    thread_heap();
    kept = take();
}

static void has_a_heap(void) { thread_heap(); }

static void prepare(void) {
    as_thread(3, fill_the_pool);
    as_thread(0, keep_one);
    for (unsigned i = 1; i < 3; i++) as_thread(i, has_a_heap);
}

static void put_kept(void) { put(kept); }
static void take_and_use(void) { use(take()); }
/* The second step purges what the first finds due. */
static void time_passes(void) {
    a_delay_passes();
    decay_step();
}

static void check(void) {
    for (unsigned i = 0; i < run.scenario->threads; i++)
        if (!ended(i)) return;
    whole();
}

const struct scenario pool_decay_one = {
    .name = "pool_decay_one",
    .what = "superpages become due, and one thread purges them while another fetches one",
    .threads = 2,
    .preemptions = 2,
    .stale_reads = 1,
    .freezes = 1,
    .prepare = prepare,
    .role = {"watcher", "taker"},
    .work = {time_passes, take_and_use},
    .check = check,
};

const struct scenario pool_decay_two = {
    .name = "pool_decay_two",
    .what = "the same with a third thread, which gives one back while the epoch ends",
    .threads = 3,
    .preemptions = 1,
    .stale_reads = 1,
    .freezes = 1,
    .prepare = prepare,
    .role = {"giver", "taker", "watcher"},
    .work = {put_kept, take_and_use, time_passes},
    .check = check,
};

#define HUGE_BYTES ((size_t)2 << 20)
static char *got[2];

static void cache_one(void) {
    bitslab_free(bitslab_malloc(HUGE_BYTES));
    a_delay_passes();
}

static void prepare_huge(void) { as_thread(3, cache_one); }

static void allocate(void) {
    got[0] = bitslab_malloc(HUGE_BYTES);
    memset(got[0], 1, 8);
}

const struct scenario huge_decay = {
    .name = "huge_decay",
    .what = "a cached mapping becomes due and is unmapped while another thread fetches it",
    .threads = 2,
    .preemptions = 2,
    .stale_reads = 1,
    .freezes = 1,
    .prepare = prepare_huge,
    .role = {"watcher", "taker"},
    .work = {time_passes, allocate},
    .check = check,
};

/* What is put aside in the run itself becomes due in it. */
static void hold_one(void) { got[1] = bitslab_malloc(HUGE_BYTES); }
static void prepare_held(void) { as_thread(3, hold_one); }

static void use_and_free(void) {
    memset(got[1], 1, 8);
    bitslab_free(got[1]);
}

static void much_time_passes(void) {
    for (unsigned i = 0; i < 3; i++) time_passes();
}

const struct scenario huge_due = {
    .name = "huge_due",
    .what = "one thread frees a huge block, and another sees so much time pass that it is unmapped",
    .threads = 2,
    .preemptions = 2,
    .stale_reads = 1,
    .freezes = 1,
    .prepare = prepare_held,
    .role = {"freer", "watcher"},
    .work = {use_and_free, much_time_passes},
    .check = check,
};
