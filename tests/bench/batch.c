/* batch.c -- allocate n blocks, then free them all: forwards, backwards, or in random order.
 *
 * Random order is what a program's objects die in. An allocator whose free list runs through the
 * blocks then hands them out in that order, and every malloc misses the cache.
 *
 * Usage   batch BYTES N ORDER ROUNDS [cold]   cold: no round before the measured ones
 * Prints  also malloc_ns and free_ns, per call
 * Source  the benchmark of the pull request "Add native lock-free dynamic heap allocator" for Odin,
 *         which allocates its counts forwards, backwards and in random order.
 */
#include "bench.h"

#include "ticks.h"

enum order { FORWARDS, BACKWARDS, RANDOM };
enum { SMALL_N = 1000 };

static struct meter mallocs, frees;
static void **blocks;
static uint32_t *positions; /* the order of a small batch; constant */
static uint64_t state = 7;

static void allocate(size_t bytes, size_t n) {
    for (size_t i = 0; i < n; i++) blocks[i] = bench_block(bytes);
}

static void release(size_t n, enum order order) {
    if (order == BACKWARDS) {
        for (size_t i = n; i-- > 0;) free(blocks[i]);
    } else {
        for (size_t i = 0; i < n; i++) free(blocks[i]);
    }
}

/* A large batch is shuffled between two measured halves, which take long enough for the clock. */
static void large(size_t bytes, size_t n, enum order order, uint64_t rounds) {
    for (uint64_t round = 0; round < rounds; round++) {
        meter_go(&mallocs);
        allocate(bytes, n);
        meter_halt(&mallocs);
        if (order == RANDOM) bench_shuffle(blocks, n, &state);
        meter_go(&frees);
        release(n, order);
        meter_halt(&frees);
    }
}

/* A small one is freed through a table of positions, and only a counter of ticks is quick enough to
 * tell how the time divides. */
static void small(size_t bytes, size_t n, uint64_t rounds) {
    uint64_t in_malloc = 0, in_free = 0;
    meter_go(&mallocs);
    for (uint64_t round = 0; round < rounds; round++) {
        uint64_t start = ticks_before();
        allocate(bytes, n);
        uint64_t middle = ticks_after();
        for (size_t i = 0; i < n; i++) free(blocks[positions[i]]);
        in_malloc += middle - start;
        in_free += ticks_after() - middle;
    }
    meter_halt(&mallocs);
    double share = (double)in_free / (double)(in_malloc + in_free + 1);
    frees.cpu_ns = (int64_t)((double)mallocs.cpu_ns * share);
    frees.wall_ns = (int64_t)((double)mallocs.wall_ns * share);
    mallocs.cpu_ns -= frees.cpu_ns;
    mallocs.wall_ns -= frees.wall_ns;
}

static void run(size_t bytes, size_t n, enum order order, uint64_t rounds) {
    if (n <= SMALL_N) {
        small(bytes, n, rounds);
    } else {
        large(bytes, n, order, rounds);
    }
}

static void choose_positions(size_t n, enum order order) {
    for (size_t i = 0; i < n; i++) {
        positions[i] = (uint32_t)(order == BACKWARDS ? n - 1 - i : i);
    }
    for (size_t i = n; order == RANDOM && i > 1; i--) {
        size_t other = bench_below(&state, (uint32_t)i);
        uint32_t kept = positions[other];
        positions[other] = positions[i - 1];
        positions[i - 1] = kept;
    }
}

int main(int argc, char **argv) {
    if (argc < 5) bench_usage("batch BYTES N forwards|backwards|random ROUNDS [cold]");
    size_t bytes = bench_number(argc, argv, 1), n = bench_number(argc, argv, 2);
    enum order order = argv[3][0] == 'f' ? FORWARDS : argv[3][0] == 'b' ? BACKWARDS : RANDOM;
    uint64_t rounds = bench_scaled(argc, argv, 4);
    const char *scale = getenv("BENCH_SCALE");
    if (scale && n > SMALL_N && atof(scale) < 1) n = n / 100 + SMALL_N + 1;
    blocks = bench_array(n, sizeof *blocks);
    positions = bench_array(n <= SMALL_N ? n : 1, sizeof *positions);
    if (n <= SMALL_N) choose_positions(n, order);

    if (argc < 6) run(bytes, n, order, n <= SMALL_N ? rounds / 20 + 1 : 1);
    mallocs = frees = (struct meter){0};
    run(bytes, n, order, rounds);

    double calls = (double)n * (double)rounds;
    bench_figure("malloc_ns", (double)mallocs.cpu_ns / calls);
    bench_figure("free_ns", (double)frees.cpu_ns / calls);
    mallocs.wall_ns += frees.wall_ns;
    mallocs.cpu_ns += frees.cpu_ns;
    bench_report((uint64_t)calls, &mallocs);
    return 0;
}
