/* aligned.c -- blocks with a stated alignment, n at a time.
 *
 * Usage   aligned ALIGN BYTES N ROUNDS
 * Source  ours; alignments of a cache line, a page and a slab are what programs ask for.
 */
#include "bench.h"

static void round_of(size_t align, size_t bytes, size_t n, void **blocks) {
    for (size_t i = 0; i < n; i++) {
        blocks[i] = aligned_alloc(align, bytes);
        if (!blocks[i]) bench_fail("aligned_alloc returned NULL");
        if ((uintptr_t)blocks[i] & (align - 1)) bench_fail("the block is not aligned");
        *(volatile char *)blocks[i] = 1;
    }
    for (size_t i = 0; i < n; i++) free(blocks[i]);
}

int main(int argc, char **argv) {
    if (argc != 5) bench_usage("aligned ALIGN BYTES N ROUNDS");
    size_t align = bench_number(argc, argv, 1), bytes = bench_number(argc, argv, 2);
    size_t n = bench_number(argc, argv, 3);
    uint64_t rounds = bench_scaled(argc, argv, 4);
    void **blocks = bench_array(n, sizeof *blocks);
    struct meter meter = {0};
    round_of(align, bytes, n, blocks);
    meter_go(&meter);
    for (uint64_t i = 0; i < rounds; i++) round_of(align, bytes, n, blocks);
    meter_halt(&meter);
    bench_report(rounds * n, &meter);
    return 0;
}
