/* scenario_fork.c -- fork in the middle: the child has one thread, and all others' half-done work. */
#include <string.h>

#include "bitslab.h"
#include "orphanage.h"
#include "scenarios.h"
#include "thread.h"

static char *blocks[64];

static void own_blocks(void) {
    for (unsigned i = 0; i < 64; i++) blocks[i] = bitslab_malloc(1024);
}

static void has_a_heap(void) { thread_heap(); }

static void prepare(void) {
    as_thread(0, own_blocks);
    as_thread(1, has_a_heap);
    as_thread(3, come_and_go);
    as_thread(4, come_and_go);
}

static void free_one(unsigned number) { bitslab_free(blocks[number]); }
static void adopt_and_free(void) {
    orphanage_adopt(this_thread.heap);
    free_one(0);
}
static void free_1(void) { free_one(1); }

/* What the child does: blocks of all threads, alive in it, and new ones. */
static void live_in_the_child(void) {
    char *mine[40];
    for (unsigned i = 2; i < 40; i++) free_one(i);
    for (unsigned i = 0; i < 40; i++) mine[i] = memset(bitslab_malloc(1024), 1, 1024);
    for (unsigned i = 0; i < 40; i++) {
        for (unsigned j = 0; j < i; j++) must(mine[i] != mine[j], "handed out twice");
        for (unsigned j = 40; j < 64; j++) must(mine[i] != blocks[j], "in use, handed out again");
    }
    for (unsigned i = 0; i < 40; i++) bitslab_free(mine[i]);
    bitslab_check();
}

static void check(void) {
    if (run.forker != ENGINE) as_thread(run.forker, live_in_the_child);
}

const struct scenario forked = {
    .name = "forked",
    .what = "one thread goes on alone, at any moment of an exit, an adoption and a free",
    .threads = 3,
    .preemptions = 2,
    .stale_reads = 0,
    .fork = true,
    .prepare = prepare,
    .role = {"leaver", "adopter", "freer"},
    .work = {thread_ends, adopt_and_free, free_1},
    .check = check,
};
