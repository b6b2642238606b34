/* ring.c -- each thread allocates a batch and passes it to the next one, which frees it.
 *
 * All threads allocate and all free, but nobody frees what is its own. The CPU time reported is
 * that inside malloc and free alone (see prodcons.c). With one thread the batch comes back.
 *
 * Usage   ring THREADS LEAST MOST ROUNDS   batches of 512
 * Source  ours, after the producer-consumer pattern of Berger et al. 2000, "Hoard", closed to a
 *         ring.
 */
#include "bench.h"
#include "pipe.h"

enum { RING_MAX = 64, SIZES = 4096 };

static struct pipe pipes[RING_MAX];
static struct meter meters[RING_MAX];
static int threads;
static uint32_t *sizes;
static uint64_t rounds;

static void body(int number) {
    struct meter meter = {.cpu_clock = 1};
    struct pipe *to = &pipes[number], *from = &pipes[(number + threads - 1) % threads];
    size_t next = 97 * (size_t)number;
    for (uint64_t round = 0; round < rounds; round++) {
        void **batch = pipe_fill(to);
        meter_go(&meter);
        for (size_t i = 0; i < PIPE_BATCH; i++) batch[i] = bench_block(sizes[next++ % SIZES]);
        meter_halt(&meter);
        pipe_send(to);
        batch = pipe_receive(from);
        meter_go(&meter);
        for (size_t i = 0; i < PIPE_BATCH; i++) free(batch[i]);
        meter_halt(&meter);
        pipe_done(from);
    }
    meters[number] = meter;
}

int main(int argc, char **argv) {
    if (argc != 5) bench_usage("ring THREADS LEAST MOST ROUNDS");
    threads = (int)bench_number(argc, argv, 1);
    if (threads < 1 || threads > RING_MAX) bench_usage("ring: 1 to 64 threads");
    uint32_t least = (uint32_t)bench_number(argc, argv, 2);
    uint32_t most = (uint32_t)bench_number(argc, argv, 3);
    rounds = bench_scaled(argc, argv, 4);
    sizes = bench_array(SIZES, sizeof *sizes);
    uint64_t state = 23;
    for (int i = 0; i < SIZES; i++) sizes[i] = least + bench_below(&state, most - least + 1);
    struct meter whole = {0};
    bench_threads(threads, body, &whole);
    bench_figure("process_cpu_ns", (double)whole.cpu_ns);
    whole.cpu_ns = 0;
    for (int i = 0; i < threads; i++) meter_add(&whole, &meters[i]);
    bench_report(rounds * PIPE_BATCH * (uint64_t)threads, &whole);
    return 0;
}
