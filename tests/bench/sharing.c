/* sharing.c -- do small blocks of different threads end up in one cache line?
 *
 * Each thread writes into a small block of its own, many times, frees it and takes another.
 * Active: an allocator that hands out neighbours to different threads makes them fight for the
 * line. Passive: the first block of each thread was allocated by one, so they were neighbours
 * once, and an allocator that gives a freed block to whoever freed it keeps them fighting.
 *
 * Usage   sharing active|passive THREADS BYTES WRITES COUNT   COUNT blocks in turn
 * Source  Berger, McKinley, Blumofe and Wilson 2000, "Hoard", section 4.2 (active-false and
 *         passive-false, later known as cache-thrash and cache-scratch).
 */
#include "bench.h"

enum { WORKERS_MAX = 64 };

static size_t bytes;
static uint64_t writes, count;
static char *first[WORKERS_MAX];

static void body(int number) {
    char *block = first[number];
    for (uint64_t i = 0; i < count; i++) {
        if (!block && !(block = malloc(bytes))) bench_fail("malloc returned NULL");
        for (uint64_t w = 0; w < writes; w++) {
            for (size_t k = 0; k < bytes; k++) ((volatile char *)block)[k]++;
        }
        free(block);
        block = NULL;
    }
}

int main(int argc, char **argv) {
    if (argc != 6) bench_usage("sharing active|passive THREADS BYTES WRITES COUNT");
    int threads = (int)bench_number(argc, argv, 2);
    if (threads < 1 || threads > WORKERS_MAX) bench_usage("sharing: 1 to 64 threads");
    bytes = bench_number(argc, argv, 3);
    writes = bench_number(argc, argv, 4);
    count = bench_scaled(argc, argv, 5);
    for (int i = 0; argv[1][0] == 'p' && i < threads; i++) first[i] = bench_block(bytes);
    struct meter meter = {0};
    bench_threads(threads, body, &meter);
    bench_report((uint64_t)threads * count, &meter);
    return 0;
}
