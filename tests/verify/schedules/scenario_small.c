/* scenario_small.c -- heaps that pass from thread to thread, first calls, the cache of huge blocks. */
#include <string.h>

#include "bitslab.h"
#include "huge.h"
#include "scenarios.h"
#include "thread.h"

static void use_a_block(void) { memset(bitslab_malloc(1024), 1, 8); }

static void check(void) {
    for (unsigned i = 0; i < run.scenario->threads; i++)
        if (!ended(i)) return;
    whole();
}

static void use_and_end(void) {
    use_a_block();
    thread_ends();
}

static void prepare_user(void) { as_thread(0, use_a_block); }

const struct scenario heap_passes_on = {
    .name = "heap_passes_on",
    .what = "a new thread takes the heap, and the superpage, of one that ends",
    .threads = 2,
    .preemptions = 3,
    .stale_reads = 1,
    .freezes = 1,
    .prepare = prepare_user,
    .role = {"leaver", "newcomer"},
    .work = {use_and_end, use_a_block},
    .check = check,
};

static void nothing(void) {}

const struct scenario first_calls = {
    .name = "first_calls",
    .what = "two threads allocate for the first time: heaps, the registry's leaf, superpages",
    .threads = 2,
    .preemptions = 2,
    .stale_reads = 1,
    .freezes = 1,
    .prepare = nothing,
    .role = {"first", "second"},
    .work = {use_a_block, use_a_block},
    .check = check,
};

/* Huge blocks go through eight slots; when all are taken, one that comes pushes another out. */
#define HUGE_BYTES ((size_t)2 << 20)
static char *huge[HUGE_CACHED_COUNT + 2];

static void fill_the_cache(void) {
    for (unsigned i = 0; i < HUGE_CACHED_COUNT + 2; i++) huge[i] = bitslab_malloc(HUGE_BYTES);
    for (unsigned i = 2; i < HUGE_CACHED_COUNT + 2; i++) bitslab_free(huge[i]);
}

static void prepare_huge(void) { as_thread(3, fill_the_cache); }

static char *got[2];

static void free_and_allocate(unsigned number) {
    memset(huge[number], 1, 8);
    bitslab_free(huge[number]);
    got[number] = bitslab_malloc(HUGE_BYTES);
    memset(got[number], 2, 8);
}

static void turn_0(void) { free_and_allocate(0); }
static void turn_1(void) { free_and_allocate(1); }

static void check_huge(void) {
    must(!ended(0) || !ended(1) || got[0] != got[1], "a huge block was handed out twice");
    check();
}

const struct scenario huge_cache = {
    .name = "huge_cache",
    .what = "two threads free a huge block each and get one from the cache",
    .threads = 2,
    .preemptions = 2,
    .stale_reads = 1,
    .freezes = 1,
    .prepare = prepare_huge,
    .role = {"turner", "turner"},
    .work = {turn_0, turn_1},
    .check = check_huge,
};
