/* xmalloc.c -- all threads allocate and free, but what one allocates is mostly freed by another.
 *
 * Batches of blocks of many sizes lie in a pool that all threads share: a thread puts a batch in
 * and takes the one that lay there longest. The pool is locked once per batch. The CPU time
 * reported is that inside malloc and free alone (see prodcons.c).
 *
 * Usage   xmalloc THREADS LEAST MOST ROUNDS   batches of 120 blocks, 64 batches in the pool
 * Source  after Lever and Boreham 2000, "malloc() Performance in a Multithreaded Linux
 *         Environment", whose malloc-test became "xmalloc-test" of later collections.
 */
#include "bench.h"

#include <pthread.h>
#include <string.h>

enum { WORKERS_MAX = 64, SIZES = 4096, BATCH = 120, POOL = 64 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *pool[POOL][BATCH];
static size_t turn;
static struct meter meters[WORKERS_MAX];
static uint32_t *sizes;
static uint64_t rounds;

static void body(int number) {
    struct meter meter = {.cpu_clock = 1};
    size_t next = 131 * (size_t)number;
    void *put[BATCH], *taken[BATCH];
    for (uint64_t round = 0; round < rounds; round++) {
        meter_go(&meter);
        for (size_t i = 0; i < BATCH; i++) put[i] = bench_block(sizes[next++ % SIZES]);
        meter_halt(&meter);
        pthread_mutex_lock(&lock);
        memcpy(taken, pool[turn], sizeof taken);
        memcpy(pool[turn], put, sizeof put);
        turn = (turn + 1) % POOL;
        pthread_mutex_unlock(&lock);
        meter_go(&meter);
        for (size_t i = 0; i < BATCH; i++) free(taken[i]); /* NULL at first */
        meter_halt(&meter);
    }
    meters[number] = meter;
}

int main(int argc, char **argv) {
    if (argc != 5) bench_usage("xmalloc THREADS LEAST MOST ROUNDS");
    int threads = (int)bench_number(argc, argv, 1);
    if (threads < 1 || threads > WORKERS_MAX) bench_usage("xmalloc: 1 to 64 threads");
    uint32_t least = (uint32_t)bench_number(argc, argv, 2);
    uint32_t most = (uint32_t)bench_number(argc, argv, 3);
    rounds = bench_scaled(argc, argv, 4);
    sizes = bench_array(SIZES, sizeof *sizes);
    uint64_t state = 29;
    for (int i = 0; i < SIZES; i++) sizes[i] = least + bench_below(&state, most - least + 1);
    struct meter whole = {0};
    bench_threads(threads, body, &whole);
    bench_figure("process_cpu_ns", (double)whole.cpu_ns);
    whole.cpu_ns = 0;
    for (int i = 0; i < threads; i++) meter_add(&whole, &meters[i]);
    bench_report(rounds * BATCH * (uint64_t)threads, &whole);
    return 0;
}
