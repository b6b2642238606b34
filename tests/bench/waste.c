/* waste.c -- how much memory do blocks of each size take, per byte that was asked for?
 *
 * Sizes of 8 bytes to 256 KiB, sixteen per doubling, so that the border of each size class shows.
 * Of each, blocks of 4 MiB in all are allocated, filled and kept; what the process has grown by is
 * divided by what was asked for. Headers, rounding up and the ends of slabs are all in it.
 *
 * Usage   waste KIB   per size (4096)
 * Prints  curve memory BYTES RATIO; overhead, over all sizes
 * Source  ours.
 */
#include "bench.h"

#include <string.h>

enum { SMALLEST = 8, LARGEST = 256 << 10, STEPS = 16 };

int main(int argc, char **argv) {
    if (argc != 2) bench_usage("waste KIB");
    size_t set_bytes = bench_scaled(argc, argv, 1) << 10;
    double asked_of_all = 0, grown_by_all = 0;
    uint64_t blocks = 0;
    struct meter meter = {0};
    memset(bench_block(LARGEST), 1, LARGEST); /* what the first block costs is not this size's */
    meter_go(&meter);
    for (size_t base = SMALLEST; base <= LARGEST; base *= 2) {
        for (size_t step = 0; step < STEPS && (base < LARGEST || !step); step++) {
            size_t bytes = base + base * step / STEPS;
            if (base < STEPS && step % (STEPS / base)) continue; /* the same size again */
            size_t n = set_bytes / bytes + 1;
            long before = bench_resident_kib();
            for (size_t i = 0; i < n; i++) memset(bench_block(bytes), 1, bytes);
            double grown = 1024.0 * (double)(bench_resident_kib() - before);
            bench_point("memory", (double)bytes, grown / (double)(n * bytes));
            asked_of_all += (double)(n * bytes);
            grown_by_all += grown;
            blocks += n;
        }
    }
    meter_halt(&meter);
    bench_figure("overhead", grown_by_all / asked_of_all);
    bench_report(blocks, &meter);
    return 0;
}
