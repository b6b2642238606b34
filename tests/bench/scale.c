/* scale.c -- does an operation cost more, or memory more memory, as the heap or the threads grow?
 *
 * heap     The heap doubles from 1 MiB to MOST_MIB. At each size random blocks are replaced, and
 *          the price of that and the memory in use, divided by what was asked for, are told.
 * threads  1, 2, 4 ... MOST threads, each with a working set of its own, replace as many blocks in
 *          all. More threads than processors take turns, so that each finds its blocks cold.
 *
 * Usage   scale heap MOST_MIB LEAST MOST COUNT   COUNT replacements at each size
 *         scale threads MOST SLOTS COUNT         sizes of 16 to 512 bytes
 * Prints  curve time X NANOSECONDS and curve memory X RATIO; X is bytes, or threads
 * Source  ours.
 */
#include "bench.h"

#include <pthread.h>
#include <string.h>

enum { THREADS_MAX = 256, LEAST_BYTES = 16, STEPS = 32 };

static void **blocks;
static uint32_t slots;
static uint64_t count, ops;
static pthread_barrier_t finished;
static long base_kib, resident_kib;

static void heap(size_t most_mib, uint32_t least, uint32_t most, struct meter *whole) {
    size_t room = (most_mib << 20) / ((least + most) / 2) + (most_mib << 20) / least / 16 + 64;
    blocks = bench_array(room, sizeof *blocks);
    base_kib = bench_resident_kib();
    uint64_t state = 43, asked = 0;
    size_t n = 0;
    double ratio = 0;
    for (size_t mib = 1; mib <= most_mib; mib *= 2) {
        for (; asked < mib << 20 && n < room; n++) {
            size_t bytes = least + bench_below(&state, most - least + 1);
            blocks[n] = bench_block(bytes);
            asked += bytes;
        }
        struct meter meter = {0};
        meter_go(&meter);
        for (uint64_t i = 0; i < count; i++) {
            uint32_t slot = bench_below(&state, (uint32_t)n);
            free(blocks[slot]);
            blocks[slot] = bench_block(least + bench_below(&state, most - least + 1));
        }
        meter_halt(&meter);
        ops += count;
        whole->cpu_ns += meter.cpu_ns;
        whole->wall_ns += meter.wall_ns;
        ratio = 1024.0 * (double)(bench_resident_kib() - base_kib) / (double)asked;
        bench_point("time", (double)(mib << 20), (double)meter.cpu_ns / (double)count);
        bench_point("memory", (double)(mib << 20), ratio);
    }
    bench_figure("overhead", ratio);
}

static void body(int number) {
    void **mine = blocks + (size_t)number * slots;
    uint64_t state = 47 + (uint64_t)number;
    for (uint32_t i = 0; i < slots; i++) mine[i] = bench_block(LEAST_BYTES * (1 + i % STEPS));
    for (uint64_t i = 0; i < count; i++) {
        uint32_t slot = bench_below(&state, slots);
        free(mine[slot]);
        mine[slot] = bench_block(LEAST_BYTES * (1 + bench_below(&state, STEPS)));
    }
    if (pthread_barrier_wait(&finished) == PTHREAD_BARRIER_SERIAL_THREAD) {
        resident_kib = bench_resident_kib(); /* while all are there, with all that they have */
    }
    pthread_barrier_wait(&finished);
    for (uint32_t i = 0; i < slots; i++) free(mine[i]);
}

static void threads(int most, uint64_t total, struct meter *whole) {
    blocks = bench_array((size_t)most * slots, sizeof *blocks);
    base_kib = bench_resident_kib();
    double ratio = 0;
    for (int n = 1; n <= most; n *= 2) {
        struct meter meter = {0};
        count = total / (uint64_t)n + 1;
        pthread_barrier_init(&finished, NULL, (unsigned)n);
        bench_threads(n, body, &meter);
        pthread_barrier_destroy(&finished);
        ops += count * (uint64_t)n;
        whole->cpu_ns += meter.cpu_ns;
        whole->wall_ns += meter.wall_ns;
        double asked = (double)n * slots * LEAST_BYTES * (STEPS + 1) / 2;
        ratio = 1024.0 * (double)(resident_kib - base_kib) / asked;
        bench_point("time", n, (double)meter.cpu_ns / (double)(count * (uint64_t)n));
        bench_point("memory", n, ratio);
    }
    bench_figure("overhead", ratio);
}

int main(int argc, char **argv) {
    struct meter whole = {0};
    if (argc == 6 && !strcmp(argv[1], "heap")) {
        count = bench_scaled(argc, argv, 5);
        heap(bench_scaled(argc, argv, 2), (uint32_t)bench_number(argc, argv, 3),
             (uint32_t)bench_number(argc, argv, 4), &whole);
    } else if (argc == 5 && !strcmp(argv[1], "threads")) {
        slots = (uint32_t)bench_number(argc, argv, 3);
        int most = (int)bench_scaled(argc, argv, 2);
        if (most > THREADS_MAX) bench_usage("scale: at most 256 threads");
        threads(most, bench_scaled(argc, argv, 4), &whole);
    } else {
        bench_usage("scale heap MOST_MIB LEAST MOST COUNT | scale threads MOST SLOTS COUNT");
    }
    bench_report(ops, &whole);
    return 0;
}
