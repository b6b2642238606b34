/* victim.c -- the thread that is frozen: its life, from the first call to what follows its end.
 *
 * One victim after the other lives in the child, so that there is always another one's memory to
 * be adopted. Each begins in another way, runs its part of the scenarios, and ends watched.
 */
#define _GNU_SOURCE
#include "scenario.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define STOCK_COUNT 1024 /* blocks of the victim that wait for the workers */
#define APART_COUNT 3000
#define PARTS 6 /* so many victims run all scenarios */

_Thread_local bool no_stock;
static uint32_t random_state = 2463534242u;
static pthread_key_t late_key;

uint32_t chance(uint32_t limit) { return next_random(&random_state) % limit; }

/* Not too many tiny ones: their slabs have long maps, and walks through maps are many steps. The
 * large ones are few, since they take much memory. */
static size_t stock_size(unsigned i) {
    static const size_t sizes[] = {640, 3000, 250, 640, 700, 1024, 250, 1500};
    if (i % 64 == 5) return 48;
    if (i % 64 == 7) return 20000;
    if (i % 256 == 9) return 50000;
    if (i % 512 == 11) return 300000;
    return sizes[i % (sizeof sizes / sizeof *sizes)];
}

/* A bin may be another thread's that came into the cache; a run of slots comes from the heap's own
 * superpage, or has just taken all of it, and is nobody's. */
static void know_heap(void) {
    for (unsigned i = 0; i < 4 && atomic_load(&victims_heap) == NULL; i++) {
        void *block = block_new(300000);
        atomic_store(&victims_heap, block_owner(block));
        block_drop(block);
    }
}

void ready(void) {
    if (no_stock || failing != FAIL_NOTHING) return;
    know_heap();
    if (bag_count(&stock) > STOCK_COUNT / 2) return;
    for (unsigned i = 0; i < STOCK_COUNT; i++) bag_put(&stock, block_new(stock_size(i)));
}

void *watched_new(size_t size) {
    void *block;
    WATCH(block = bitslab_malloc(size));
    return block_stamp(block, size);
}

void watched_drop(void *block) {
    if (block == NULL) return;
    block_verify(block);
    WATCH(bitslab_free(block));
}

void watched_remote_drop(void *block) {
    atomic_store(&shared->remote, true);
    watched_drop(block);
    atomic_store(&shared->remote, false);
}

static void run(const struct scenario *scenario) {
    atomic_store(&shared->doing, scenario->name);
    scenario->run();
    failing = FAIL_NOTHING;
    map_hint = NULL;
}

static void run_beginning(unsigned number) {
    unsigned count = 0;
    while (beginnings[count].name != NULL) count++;
    run(&beginnings[number % count]);
}

static void run_part(unsigned part) {
    unsigned number = 0;
    for (const struct scenario *const *list = all_scenarios; *list != NULL; list++)
        for (const struct scenario *one = *list; one->name != NULL; one++)
            if (number++ % PARTS == part) run(one);
}

/* Destructors of keys may allocate after the library's hook has run. libc calls them in any order,
 * but at the second time all others were called once. */
static void after_end(void *turn) {
    if (turn == (void *)1) {
        pthread_setspecific(late_key, (void *)2);
        return;
    }
    no_stock = true;
    atomic_store(&shared->doing, "calls after the thread's end");
    void *small = watched_new(100);
    void *wide = watched_new(300000);
    watched_remote_drop(bag_take(&gifts));
    watched_drop(small);
    watched_drop(wide);
}

/* What an ending thread leaves: few blocks in its caches, or the walk through them takes long. */
static void prepare_end(void) {
    ready();
    bitslab_trim();
    static const size_t sizes[] = {3000, 20000, 30000, 300000};
    for (unsigned i = 0; i < 32; i++) bag_put(&stock, block_new(sizes[i % 4]));
    atomic_store(&shared->doing, "the thread's end");
}

static void *live(void *argument) {
    unsigned pass = *(unsigned *)argument;
    watch_me();
    no_stock = true;
    atomic_store(&shared->quiet, pass == 0); /* no heap of an ended thread is to be had */
    run_beginning(pass);
    atomic_store(&shared->quiet, false);
    no_stock = false;
    run_part(pass % PARTS);
    prepare_end();
    exit_watched = true;
    pthread_setspecific(late_key, (void *)1);
    return NULL;
}

/* This thread allocates nothing any more, but it lives, so these are its for ever: they lie in the
 * first superpage, which has room left. Neighbours in the bag are far from each other in memory. */
static void fill_apart(void) {
    static void *all[APART_COUNT];
    for (unsigned i = 0; i < APART_COUNT; i++) all[i] = block_new(32);
    for (unsigned i = 0; i < APART_COUNT; i++) bag_put(&apart, all[i * 67 % APART_COUNT]);
}

static void one_life(void *(*life)(void *), unsigned *argument) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, life, argument) != 0) abort();
    pthread_join(thread, NULL);
}

/* Everything is freed, and must be where it should: the survey aborts if anything is not. */
static _Noreturn void child_ends(void) {
    struct bitslab_survey survey;
    workers_end();
    bag_empty(&stock);
    bag_empty(&gifts);
    bag_empty(&swap);
    bag_empty(&apart);
    bitslab_survey(&survey);
    if (survey.block_bytes != 0) {
        fprintf(stderr, "blocks are lost: %zu bytes, %zu bins\n", survey.block_bytes,
                survey.bins_live);
        abort();
    }
    atomic_store(&shared->over, true);
    _exit(0);
}

_Noreturn void child_main(unsigned victims) {
    fill_apart();
    if (own_key_create(&late_key, after_end) != 0) abort();
    workers_start();
    for (unsigned i = 0; i < victims; i++) one_life(live, &i);
    child_ends();
}

static void *live_at_first(void *argument) {
    void *block;
    watch_me();
    no_stock = true;
    atomic_store(&shared->doing, "the first call of all");
    MEET(*(unsigned *)argument, block = bitslab_malloc(100));
    block_drop(block_stamp(block, 100));
    return NULL;
}

_Noreturn void child_begins(unsigned meeting) {
    workers_start();
    one_life(live_at_first, &meeting);
    child_ends();
}
