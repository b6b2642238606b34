/* curve.c -- the price of a malloc and a free over all sizes from 16 bytes to 4 MiB.
 *
 * Eight sizes per doubling, so that a cliff between two size classes, or at the border between two
 * ways to serve a request, shows. A batch that fits the second-level cache (four blocks at least)
 * is allocated, and freed in random order; only the blocks' first words are touched.
 *
 * Usage   curve N MICROSECONDS   N blocks at most, in that much CPU time per size
 * Prints  curve time BYTES NANOSECONDS, per pair of calls
 * Source  ours.
 */
#include "bench.h"

enum { SMALLEST = 16, LARGEST = 4 << 20, STEPS = 8, SET_BYTES = 1 << 20, N_MAX = 4096 };

static uint64_t state = 5, pairs;
static void *blocks[N_MAX];
static void *order[N_MAX]; /* of freeing: positions, as pointers into blocks[] */

static void one_round(size_t bytes, size_t n) {
    for (size_t i = 0; i < n; i++) blocks[i] = bench_block(bytes);
    for (size_t i = 0; i < n; i++) free(*(void **)order[i]);
}

/* Rounds are measured in groups of about a thousand blocks, which a clock's price does not distort. */
static double price(size_t bytes, size_t most, int64_t budget_ns) {
    size_t n = SET_BYTES / bytes < 4 ? 4 : SET_BYTES / bytes;
    n = n > most ? most : n;
    size_t group = 1 + 1024 / n;
    for (size_t i = 0; i < n; i++) order[i] = &blocks[i];
    bench_shuffle(order, n, &state);
    for (size_t i = 0; i < group; i++) one_round(bytes, n);
    struct meter meter = {0};
    uint64_t done = 0;
    while (meter.cpu_ns < budget_ns) {
        meter_go(&meter);
        for (size_t i = 0; i < group; i++) one_round(bytes, n);
        meter_halt(&meter);
        done += group * n;
    }
    pairs += done;
    return (double)meter.cpu_ns / (double)done;
}

int main(int argc, char **argv) {
    if (argc != 3) bench_usage("curve N MICROSECONDS");
    size_t most = bench_number(argc, argv, 1);
    int64_t budget_ns = (int64_t)bench_scaled(argc, argv, 2) * 1000;
    if (most > N_MAX) bench_usage("curve: N is at most 4096");
    struct meter meter = {0};
    meter_go(&meter);
    for (size_t base = SMALLEST; base <= LARGEST; base *= 2) {
        for (size_t step = 0; step < STEPS && (base < LARGEST || !step); step++) {
            size_t bytes = base + base * step / STEPS;
            if (bytes % 8) continue;
            bench_point("time", (double)bytes, price(bytes, most, budget_ns));
        }
    }
    meter_halt(&meter);
    bench_report(pairs, &meter);
    return 0;
}
