/* calloc.c -- zeroed blocks, a few at a time.
 *
 * An allocator that knows which memory is still zero need not clear it; one that asks the kernel
 * for zeros pays far more than clearing costs.
 *
 * Usage   calloc BYTES N ROUNDS
 * Source  ours; the question is the original's, which keeps a mark of what was ever handed out.
 */
#include "bench.h"

static void round_of(size_t bytes, size_t n, void **blocks) {
    for (size_t i = 0; i < n; i++) {
        char *block = calloc(1, bytes);
        if (!block) bench_fail("calloc returned NULL");
        if (block[0] || block[bytes - 1]) bench_fail("calloc's block is not zero");
        block[0] = block[bytes - 1] = 1;
        blocks[i] = block;
    }
    for (size_t i = 0; i < n; i++) free(blocks[i]);
}

int main(int argc, char **argv) {
    if (argc != 4) bench_usage("calloc BYTES N ROUNDS");
    size_t bytes = bench_number(argc, argv, 1), n = bench_number(argc, argv, 2);
    uint64_t rounds = bench_scaled(argc, argv, 3);
    void **blocks = bench_array(n, sizeof *blocks);
    struct meter meter = {0};
    round_of(bytes, n, blocks);
    meter_go(&meter);
    for (uint64_t i = 0; i < rounds; i++) round_of(bytes, n, blocks);
    meter_halt(&meter);
    bench_report(rounds * n, &meter);
    return 0;
}
