/* latency.c -- how long single calls of malloc and free take: not the mean, the whole distribution.
 *
 * Every call lies between two readings of the processor's counter of ticks, and is counted in a
 * histogram whose cells are 3 % wide. THREADS threads replace random blocks of one table that they
 * share, so with more than one thread most blocks are freed by a stranger. In batches, one thread
 * allocates n blocks and frees them in random order.
 *
 * Usage   latency replace THREADS SLOTS LEAST MOST COUNT
 *         latency batch BYTES N ROUNDS
 * Prints  malloc_p50_ns, _p99_ns, _p9999_ns, _max_ns, the same for free, and both curves: of how
 *         many calls one takes longer than how many ns; timer_ns is what an empty interval takes,
 *         and is contained in all
 * Source  the histogram after Gil Tene's HdrHistogram; that means hide what matters after his talk
 *         "How NOT to Measure Latency".
 */
#include "bench.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "ticks.h"

enum { SUB_SHIFT = 5, SUBS = 1 << SUB_SHIFT, CELLS = 48 * SUBS, WORKERS_MAX = 16 };

struct histogram {
    uint64_t cells[CELLS], count, most;
};
struct recorder {
    struct histogram in_malloc, in_free;
};
static struct recorder *recorders; /* one per thread */
static _Atomic(void *) *table;
static uint32_t slots, least, most;
static uint64_t count;
static double ticks_per_ns;

/* Values below SUBS have a cell each; above, a doubling has SUBS cells. */
static size_t cell_of(uint64_t ticks) {
    if (ticks < SUBS) return ticks;
    int shift = 63 - __builtin_clzll(ticks) - SUB_SHIFT;
    size_t cell = ((size_t)(shift + 1) << SUB_SHIFT) + ((ticks >> shift) & (SUBS - 1));
    return cell < CELLS ? cell : CELLS - 1;
}

static uint64_t value_of(size_t cell) { /* the least value of a cell */
    if (cell < SUBS) return cell;
    return (uint64_t)(SUBS + (cell & (SUBS - 1))) << ((cell >> SUB_SHIFT) - 1);
}

static void record(struct histogram *histogram, uint64_t ticks) {
    histogram->cells[cell_of(ticks)]++;
    histogram->count++;
    if (ticks > histogram->most) histogram->most = ticks;
}

static void *timed_malloc(size_t bytes, struct recorder *to) {
    uint64_t start = ticks_before();
    void *block = malloc(bytes);
    record(&to->in_malloc, ticks_after() - start);
    if (!block) bench_fail("malloc returned NULL");
    *(volatile uintptr_t *)block = bytes;
    return block;
}

static void timed_free(void *block, struct recorder *to) {
    uint64_t start = ticks_before();
    free(block);
    record(&to->in_free, ticks_after() - start);
}

static void replace(int number) {
    struct recorder *to = &recorders[number];
    uint64_t state = 37 + (uint64_t)number;
    for (uint64_t i = 0; i < count; i++) {
        uint32_t slot = bench_below(&state, slots);
        void *block = timed_malloc(least + bench_below(&state, most - least + 1), to);
        timed_free(atomic_exchange(&table[slot], block), to);
    }
}

static void batch(size_t bytes, size_t n, uint64_t rounds) {
    void **blocks = bench_array(n, sizeof *blocks);
    uint64_t state = 41;
    for (uint64_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < n; i++) blocks[i] = timed_malloc(bytes, recorders);
        bench_shuffle(blocks, n, &state);
        for (size_t i = 0; i < n; i++) timed_free(blocks[i], recorders);
    }
}

static double share_ns(const struct histogram *histogram, double one_of) {
    uint64_t above = (uint64_t)((double)histogram->count / one_of), seen = 0;
    for (size_t cell = CELLS; cell-- > 0;) {
        seen += histogram->cells[cell];
        if (seen > above) return (double)value_of(cell) / ticks_per_ns;
    }
    return 0;
}

static void tell(const char *what, const struct histogram *histogram) {
    static const struct {
        const char *name;
        double one_of;
    } shares[] = {{"p50", 2}, {"p99", 100}, {"p9999", 10000}};
    char name[40];
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        snprintf(name, sizeof name, "%s_%s_ns", what, shares[i].name);
        bench_figure(name, share_ns(histogram, shares[i].one_of));
    }
    snprintf(name, sizeof name, "%s_max_ns", what);
    bench_figure(name, (double)histogram->most / ticks_per_ns);
    for (double one_of = 2; one_of < (double)histogram->count; one_of *= 2) {
        bench_point(what, one_of, share_ns(histogram, one_of));
    }
}

/* Adds up what all threads recorded, into the first. */
static void merge(int threads) {
    uint64_t *sum = (uint64_t *)recorders;
    uint64_t longest_malloc = 0, longest_free = 0;
    for (int t = 0; t < threads; t++) {
        uint64_t *one = (uint64_t *)&recorders[t];
        if (recorders[t].in_malloc.most > longest_malloc)
            longest_malloc = recorders[t].in_malloc.most;
        if (recorders[t].in_free.most > longest_free) longest_free = recorders[t].in_free.most;
        for (size_t i = 0; t > 0 && i < sizeof *recorders / sizeof *one; i++) sum[i] += one[i];
    }
    recorders->in_malloc.most = longest_malloc;
    recorders->in_free.most = longest_free;
}

static double timer_ticks(void) { /* the least of many, since interrupts only add */
    uint64_t least_seen = UINT64_MAX;
    for (int i = 0; i < 10000; i++) {
        uint64_t start = ticks_before(), took = ticks_after() - start;
        if (took < least_seen) least_seen = took;
    }
    return (double)least_seen;
}

int main(int argc, char **argv) {
    int threads = 1;
    struct meter meter = {0};
    recorders = bench_array(WORKERS_MAX, sizeof *recorders);
    if (argc == 7 && !strcmp(argv[1], "replace")) {
        threads = (int)bench_number(argc, argv, 2);
        if (threads < 1 || threads > WORKERS_MAX) bench_usage("latency: 1 to 16 threads");
        slots = (uint32_t)bench_number(argc, argv, 3);
        least = (uint32_t)bench_number(argc, argv, 4);
        most = (uint32_t)bench_number(argc, argv, 5);
        table = bench_array(slots, sizeof *table);
        count = bench_scaled(argc, argv, 6) / (uint64_t)threads + 1;
        replace(0); /* fills the table; not counted */
        memset(recorders, 0, sizeof *recorders);
        bench_threads(threads, replace, &meter);
        merge(threads);
    } else if (argc == 5 && !strcmp(argv[1], "batch")) {
        meter_go(&meter);
        batch(bench_number(argc, argv, 2), bench_number(argc, argv, 3),
              bench_scaled(argc, argv, 4));
        meter_halt(&meter);
    } else {
        bench_usage("latency replace THREADS SLOTS LEAST MOST COUNT | batch BYTES N ROUNDS");
    }
    ticks_per_ns = ticks_per_nanosecond();
    bench_figure("timer_ns", timer_ticks() / ticks_per_ns);
    tell("malloc", &recorders->in_malloc);
    tell("free", &recorders->in_free);
    bench_report(recorders->in_malloc.count, &meter);
    return 0;
}
