/* replace.c -- random replacement: free a random block of the working set, allocate another.
 *
 * The steady state of a long-running program. The size of the working set decides which cache the
 * blocks are in when they are freed and handed out again; an allocator that keeps its lists in the
 * blocks touches each twice.
 *
 * Usage   replace SLOTS LEAST MOST COUNT   sizes in steps of 16
 * Source  the pattern of Larson and Krishnan 1998, "Memory Allocation for Long-Running Server
 *         Applications", in one thread and for several sizes of the working set.
 */
#include "bench.h"

int main(int argc, char **argv) {
    if (argc != 5) bench_usage("replace SLOTS LEAST MOST COUNT");
    uint32_t slots = (uint32_t)bench_scaled(argc, argv, 1);
    uint32_t least = (uint32_t)bench_number(argc, argv, 2) / 16;
    uint32_t steps = (uint32_t)bench_number(argc, argv, 3) / 16 - least + 1;
    uint64_t count = bench_scaled(argc, argv, 4), state = 11;
    void **blocks = bench_array(slots, sizeof *blocks);
    for (uint32_t i = 0; i < slots; i++) {
        blocks[i] = bench_block(16 * (least + bench_below(&state, steps)));
    }
    struct meter meter = {0};
    uint64_t warm = count / 8;
    for (uint64_t i = 0; i < warm + count; i++) {
        if (i == warm) meter_go(&meter);
        uint32_t slot = bench_below(&state, slots);
        free(blocks[slot]);
        blocks[slot] = bench_block(16 * (least + bench_below(&state, steps)));
    }
    meter_halt(&meter);
    bench_report(count, &meter);
    return 0;
}
