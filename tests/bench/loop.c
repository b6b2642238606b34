/* loop.c -- a fixed amount of arithmetic, without memory: how quiet is the machine?
 *
 * It is run between the workloads. Whatever its time varies by, a workload's may vary by as well.
 *
 * Usage   loop COUNT
 * Source  ours.
 */
#include "bench.h"

int main(int argc, char **argv) {
    if (argc != 2) bench_usage("loop COUNT");
    uint64_t count = bench_scaled(argc, argv, 1), state = 1;
    uint32_t sum = 0;
    struct meter meter = {0};
    meter_go(&meter);
    for (uint64_t i = 0; i < count; i++) sum += bench_random(&state);
    meter_halt(&meter);
    bench_figure("sum", sum);
    bench_report(count, &meter);
    return 0;
}
