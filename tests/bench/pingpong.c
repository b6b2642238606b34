/* pingpong.c -- allocate one block, free it, again and again.
 *
 * The shortest path of every allocator: the block that was freed last comes back. With a mix of
 * sizes the class must be found anew at each call; with huge sizes an allocator that maps each
 * block by itself pays the kernel every time.
 *
 * Usage   pingpong size BYTES COUNT     one size
 *         pingpong mix LEAST MOST COUNT sizes drawn between the two
 * Source  after the first loop of the C library's malloc-simple benchmark (glibc, benchtests); the
 *         mix after "glibc-thread" of mimalloc-bench.
 */
#include "bench.h"

#include <string.h>

enum { SIZES = 4096 };

static void one_size(size_t bytes, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) free(bench_block(bytes));
}

static void many_sizes(const uint32_t *sizes, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) free(bench_block(sizes[i % SIZES]));
}

int main(int argc, char **argv) {
    struct meter meter = {0};
    uint64_t count;
    if (argc == 4 && !strcmp(argv[1], "size")) {
        size_t bytes = bench_number(argc, argv, 2);
        count = bench_scaled(argc, argv, 3);
        one_size(bytes, count / 20 + 1);
        meter_go(&meter);
        one_size(bytes, count);
        meter_halt(&meter);
    } else if (argc == 5 && !strcmp(argv[1], "mix")) {
        uint32_t least = (uint32_t)bench_number(argc, argv, 2);
        uint32_t most = (uint32_t)bench_number(argc, argv, 3);
        uint64_t state = 42;
        uint32_t *sizes = bench_array(SIZES, sizeof *sizes);
        for (int i = 0; i < SIZES; i++) sizes[i] = least + bench_below(&state, most - least + 1);
        count = bench_scaled(argc, argv, 4);
        many_sizes(sizes, count / 20 + 1);
        meter_go(&meter);
        many_sizes(sizes, count);
        meter_halt(&meter);
    } else {
        bench_usage("pingpong size BYTES COUNT | pingpong mix LEAST MOST COUNT");
    }
    bench_report(count, &meter);
    return 0;
}
