/* own_heaps.c -- each thread allocates from a heap of its own. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "bitslab.h"
#include "support/pattern.h"
#include "support/reuse.h"
#include "support/threads.h"

#define WORKERS 4
#define BLOCKS SCALED(2000, 500, 2000)

static pthread_barrier_t start;

struct worker {
    unsigned number;
    size_t bad;
    unsigned char *blocks[BLOCKS];
};

static struct worker workers[64];

static size_t size_of(unsigned i) { return 16 + (i * 37u) % 3000; }

static void number_workers(unsigned count) {
    pthread_barrier_init(&start, NULL, count);
    for (unsigned i = 0; i < count; i++) workers[i] = (struct worker){.number = i};
}

static size_t bad_workers(unsigned count) {
    size_t bad = 0;
    for (unsigned i = 0; i < count; i++) bad += workers[i].bad;
    return bad;
}

static void *fill_and_check(void *item) {
    struct worker *me = item;
    pthread_barrier_wait(&start);
    for (unsigned round = 0; round < FEWER(5); round++) {
        for (unsigned i = 0; i < BLOCKS; i++) {
            me->blocks[i] = bitslab_malloc(size_of(i));
            if (me->blocks[i] != NULL) pattern_fill(me->blocks[i], size_of(i), me->number);
        }
        for (unsigned i = 0; i < BLOCKS; i++) {
            me->bad += me->blocks[i] == NULL || !pattern_ok(me->blocks[i], size_of(i), me->number);
            bitslab_free(me->blocks[i]);
        }
    }
    return NULL;
}

Test(stage04_threadlocal, threads_allocate_at_once_and_contents_stay_intact) {
    number_workers(WORKERS);
    run_threads(WORKERS, fill_and_check, workers, sizeof workers[0]);
    cr_assert_eq(bad_workers(WORKERS), 0,
                 "%zu blocks were lost or overwritten (heap.h: only its "
                 "thread touches a heap)",
                 bad_workers(WORKERS));
}

Test(stage04_threadlocal, many_threads_allocate_at_once) {
    number_workers(64);
    run_threads(64, fill_and_check, workers, sizeof workers[0]);
    cr_assert_eq(bad_workers(64), 0, "%zu blocks were lost or overwritten", bad_workers(64));
}

/* Small blocks of all threads, gathered while all of them are live. */
struct line {
    uintptr_t line;
    unsigned thread;
};

static int by_line(const void *a, const void *b) {
    const struct line *x = a, *y = b;
    return (x->line > y->line) - (x->line < y->line);
}

static size_t shared_lines(unsigned count) {
    static struct line lines[WORKERS * BLOCKS];
    size_t n = 0, shared = 0;
    for (unsigned t = 0; t < count; t++)
        for (unsigned i = 0; i < BLOCKS; i++)
            lines[n++] = (struct line){(uintptr_t)workers[t].blocks[i] / 64, t};
    qsort(lines, n, sizeof lines[0], by_line);
    for (size_t i = 1; i < n; i++)
        shared += lines[i].line == lines[i - 1].line && lines[i].thread != lines[i - 1].thread;
    return shared;
}

static void *allocate_in_turns(void *item) {
    struct worker *me = item;
    for (unsigned i = 0; i < BLOCKS; i++) {
        if (i % 50 == 0) pthread_barrier_wait(&start);
        me->blocks[i] = bitslab_malloc(16 + 16 * (i % 3));
    }
    pthread_barrier_wait(&start);
    return NULL;
}

Test(stage04_threadlocal, small_blocks_of_two_threads_share_no_cache_line) {
    number_workers(WORKERS);
    run_threads(WORKERS, allocate_in_turns, workers, sizeof workers[0]);
    size_t shared = shared_lines(WORKERS);
    cr_assert_eq(shared, 0, "%zu cache lines hold blocks of two threads (heap.h: no false sharing)",
                 shared);
}

/* Threads pass the blocks round, each frees its neighbour's and allocates afresh: the recipient
 * must not hand out 16-byte bins next to those that the owner still hands out. */
static void *free_neighbours_then_allocate(void *item) {
    struct worker *me = item;
    struct worker *next = &workers[(me->number + 1) % WORKERS];
    allocate_in_turns(item);
    for (unsigned i = 0; i < BLOCKS; i += 2) bitslab_free(next->blocks[i]);
    pthread_barrier_wait(&start);
    for (unsigned i = 0; i < BLOCKS; i += 2) me->blocks[i] = bitslab_malloc(16 + 16 * (i % 3));
    pthread_barrier_wait(&start);
    return NULL;
}

Test(stage04_threadlocal, frees_of_a_strangers_small_blocks_cause_no_false_sharing) {
    number_workers(WORKERS);
    run_threads(WORKERS, free_neighbours_then_allocate, workers, sizeof workers[0]);
    size_t shared = shared_lines(WORKERS);
    cr_assert_eq(shared, 0,
                 "%zu cache lines hold blocks of two threads (block.c: a stranger's bin "
                 "below 64 B is never handed out)",
                 shared);
}

static void *reuse_own(void *item) {
    struct worker *me = item;
    for (unsigned round = 0; round < FEWER(200); round++) {
        for (unsigned i = 0; i < BLOCKS; i++) {
            me->blocks[i] = bitslab_malloc(512);
            if (me->blocks[i] == NULL) me->bad++;
            else me->blocks[i][0] = 1;
        }
        for (unsigned i = 0; i < BLOCKS; i++) bitslab_free(me->blocks[i]);
    }
    return NULL;
}

Test(stage04_threadlocal, each_thread_reuses_its_own_memory) {
    number_workers(WORKERS);
    run_threads(WORKERS, reuse_own, workers, sizeof workers[0]);
    struct bitslab_stats stats;
    bitslab_stats(&stats);
    cr_assert_eq(bad_workers(WORKERS), 0);
    /* 200 rounds of 1 MB would be 800 MB. */
    cr_assert_leq(stats.mapped_peak_bytes, (size_t)WORKERS * (4 << 20),
                  "%zu bytes mapped for %d threads of 1 MB each", stats.mapped_peak_bytes, WORKERS);
}

static void *allocate_the_last_freed(void *item) {
    struct worker *me = item;
    for (unsigned i = 0; i < 100; i++) {
        size_t size = size_of(i);
        void *first = bitslab_malloc(size);
        bitslab_free(first);
        me->bad += !serves_again(first, size);
    }
    return NULL;
}

Test(stage04_threadlocal, the_bin_freed_last_is_the_next_one_of_its_thread) {
    number_workers(WORKERS);
    run_threads(WORKERS, allocate_the_last_freed, workers, sizeof workers[0]);
    cr_assert_eq(bad_workers(WORKERS), 0);
}

static void *count_heaps(void *item) {
    struct worker *me = item;
    me->blocks[0] = bitslab_malloc(1);
    pthread_barrier_wait(&start);
    return NULL;
}

Test(stage04_threadlocal, threads_that_allocate_have_a_heap_each) {
    number_workers(WORKERS);
    run_threads(WORKERS, count_heaps, workers, sizeof workers[0]);
    struct bitslab_stats stats;
    bitslab_stats(&stats);
    cr_assert_eq(stats.heaps, WORKERS, "%zu heaps for %d threads", stats.heaps, WORKERS);
}
