/* larson.c -- a server: threads replace random objects, and pass all of them on when they end.
 *
 * Each worker owns SLOTS objects. It replaces random ones for a while, then starts a successor that
 * goes on with the same objects, so that most objects are freed by another thread than the one
 * that allocated them, and allocating threads are gone when their objects die.
 *
 * Usage   larson THREADS SLOTS LEAST MOST GENERATIONS COUNT   COUNT replacements per generation
 * Source  Larson and Krishnan 1998, "Memory Allocation for Long-Running Server Applications",
 *         section 4.1.
 */
#include "bench.h"

#include <pthread.h>

enum { WORKERS_MAX = 256, STACK_BYTES = 128 << 10 };

static uint32_t slots, least, steps;
static uint64_t generations, count;

struct worker {
    void **blocks;
    uint64_t state, left; /* generations */
    char line[104];       /* workers don't share cache lines */
};
static struct worker workers[WORKERS_MAX];

static void *generation(void *argument) {
    struct worker *worker = argument;
    uint64_t state = worker->state;
    for (uint64_t i = 0; i < count; i++) {
        uint32_t slot = bench_below(&state, slots);
        free(worker->blocks[slot]);
        worker->blocks[slot] = bench_block(least + bench_below(&state, steps));
    }
    worker->state = state;
    worker->left--;
    return NULL;
}

/* The successor is started here, when its predecessor has ended: there are never more threads. */
static void work(int number) {
    struct worker *worker = &workers[number];
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, STACK_BYTES);
    while (worker->left) {
        pthread_t thread;
        if (pthread_create(&thread, &small, generation, worker)) bench_fail("no thread");
        pthread_join(thread, NULL);
    }
}

int main(int argc, char **argv) {
    if (argc != 7) bench_usage("larson THREADS SLOTS LEAST MOST GENERATIONS COUNT");
    int threads = (int)bench_number(argc, argv, 1);
    if (threads < 1 || threads > WORKERS_MAX) bench_usage("larson: 1 to 256 threads");
    slots = (uint32_t)bench_number(argc, argv, 2);
    least = (uint32_t)bench_number(argc, argv, 3);
    steps = (uint32_t)bench_number(argc, argv, 4) - least + 1;
    generations = bench_number(argc, argv, 5);
    count = bench_scaled(argc, argv, 6);
    void **blocks = bench_array((size_t)threads * slots, sizeof *blocks);
    uint64_t state = 3;
    for (size_t i = 0; i < (size_t)threads * slots; i++) {
        blocks[i] = bench_block(least + bench_below(&state, steps));
    }
    bench_shuffle(blocks, (size_t)threads * slots, &state); /* each gets what lies everywhere */
    for (int i = 0; i < threads; i++) {
        workers[i] = (struct worker){blocks + (size_t)i * slots, 100 + i, generations, {0}};
    }
    struct meter meter = {0};
    bench_threads(threads, work, &meter);
    bench_report((uint64_t)threads * generations * count, &meter);
    return 0;
}
