/* scenario_small.c -- heaps that pass from thread to thread, first calls, the cache of huge blocks. */
#include <string.h>

#include "bitslab.h"
#include "huge_cache.h"
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

/* Huge blocks go through a few slots; when all are taken, one that comes pushes another out. */
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

/* What one thread put into the cache is pushed out by another one, and unmapped. */
static void hold_huge_blocks(void) {
    for (unsigned i = 0; i <= HUGE_CACHED_COUNT; i++) huge[i] = bitslab_malloc(HUGE_BYTES);
}

static void prepare_full_hands(void) { as_thread(3, hold_huge_blocks); }

static void use_and_free(unsigned number) {
    memset(huge[number], 1, 8);
    bitslab_free(huge[number]);
}

static void free_first(void) { use_and_free(0); }
static void free_others(void) {
    for (unsigned i = 1; i <= HUGE_CACHED_COUNT; i++) use_and_free(i);
}

const struct scenario huge_pushed_out = {
    .name = "huge_pushed_out",
    .what = "one thread frees a huge block, another so many that the first is unmapped",
    .threads = 2,
    .preemptions = 2,
    .stale_reads = 1,
    .freezes = 1,
    .prepare = prepare_full_hands,
    .role = {"first", "others"},
    .work = {free_first, free_others},
    .check = check,
};

static void trim(void) { bitslab_trim(); }

const struct scenario huge_trimmed = {
    .name = "huge_trimmed",
    .what = "one thread frees a huge block while another gives all that is cached back to the OS",
    .threads = 2,
    .preemptions = 3,
    .stale_reads = 1,
    .freezes = 1,
    .prepare = prepare_full_hands,
    .role = {"freer", "trimmer"},
    .work = {free_first, trim},
    .check = check,
};

static void make_room(void) { huge_cache_make_room(HUGE_BYTES); }

const struct scenario huge_no_room = {
    .name = "huge_no_room",
    .what = "one thread frees a huge block while another is short of memory",
    .threads = 2,
    .preemptions = UNBOUNDED,
    .stale_reads = 2,
    .freezes = 1,
    .prepare = prepare_full_hands,
    .role = {"freer", "needy"},
    .work = {free_first, make_room},
    .check = check,
};
