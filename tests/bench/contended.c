/* contended.c -- several threads at once free the blocks of one slab.
 *
 * One thread allocates; then all others free at the same time, each every n-th block, so that
 * neighbours in memory are freed by different threads, or each a contiguous part. The CPU time
 * reported is that inside free.
 *
 * Usage   contended THREADS BYTES N comb|parts ROUNDS   N blocks per round
 * Source  ours.
 */
#include "bench.h"

#include <pthread.h>

enum { WORKERS_MAX = 64 };

static pthread_barrier_t barrier;
static struct meter meters[WORKERS_MAX];
static int threads, comb;
static size_t bytes, n;
static uint64_t rounds;
static void **blocks;

static void release(int number) {
    size_t part = n / (size_t)threads;
    size_t from = comb ? (size_t)number : (size_t)number * part;
    size_t to = comb || number == threads - 1 ? n : from + part;
    for (size_t i = from; i < to; i += comb ? (size_t)threads : 1) free(blocks[i]);
}

static void body(int number) { /* the last one allocates */
    struct meter meter = {.cpu_clock = 1};
    for (uint64_t round = 0; round < rounds; round++) {
        if (number == threads) {
            for (size_t i = 0; i < n; i++) blocks[i] = bench_block(bytes);
        }
        pthread_barrier_wait(&barrier);
        if (number < threads) {
            meter_go(&meter);
            release(number);
            meter_halt(&meter);
        }
        pthread_barrier_wait(&barrier);
    }
    if (number < threads) meters[number] = meter;
}

int main(int argc, char **argv) {
    if (argc != 6) bench_usage("contended THREADS BYTES N comb|parts ROUNDS");
    threads = (int)bench_number(argc, argv, 1);
    if (threads < 1 || threads > WORKERS_MAX) bench_usage("contended: 1 to 64 threads");
    bytes = bench_number(argc, argv, 2);
    n = bench_number(argc, argv, 3);
    comb = argv[4][0] == 'c';
    rounds = bench_scaled(argc, argv, 5);
    blocks = bench_array(n, sizeof *blocks);
    pthread_barrier_init(&barrier, NULL, (unsigned)threads + 1);
    struct meter whole = {0};
    bench_threads(threads + 1, body, &whole);
    bench_figure("process_cpu_ns", (double)whole.cpu_ns);
    whole.cpu_ns = 0;
    for (int i = 0; i < threads; i++) meter_add(&whole, &meters[i]);
    bench_report(rounds * n, &whole);
    return 0;
}
