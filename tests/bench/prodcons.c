/* prodcons.c -- one thread allocates, others free: every free comes from a stranger.
 *
 * Blocks travel in batches of 512 from a producer to each of its consumers. The CPU time reported
 * is that inside malloc and free alone (of each thread, around each batch), for the time that
 * threads wait for each other says nothing about an allocator. `wall_ns` is the whole.
 *
 * Usage   prodcons CONSUMERS BYTES ORDER BATCHES   ORDER: inorder, or shuffled within a batch;
 *                                                  0 consumers: the producer frees by itself
 * Prints  also malloc_ns and free_ns, per call
 * Source  the producer-consumer pattern of Berger, McKinley, Blumofe and Wilson 2000, "Hoard";
 *         1 to n after the benchmark of Odin's "Add native lock-free dynamic heap allocator".
 */
#include "bench.h"
#include "pipe.h"

enum { CONSUMERS_MAX = 63 };

static struct pipe pipes[CONSUMERS_MAX];
static struct meter meters[CONSUMERS_MAX + 1]; /* the last is the producer's */
static int consumers, shuffled;
static size_t bytes;
static uint64_t batches;

static void allocate(void **batch, struct meter *meter) {
    meter_go(meter);
    for (size_t i = 0; i < PIPE_BATCH; i++) batch[i] = bench_block(bytes);
    meter_halt(meter);
}

static void release(void **batch, struct meter *meter, uint64_t *state) {
    if (shuffled) bench_shuffle(batch, PIPE_BATCH, state);
    meter_go(meter);
    for (size_t i = 0; i < PIPE_BATCH; i++) free(batch[i]);
    meter_halt(meter);
}

static void produce(void) {
    struct meter meter = {.cpu_clock = 1};
    for (uint64_t i = 0; i < batches; i++) {
        struct pipe *pipe = &pipes[i % consumers];
        allocate(pipe_fill(pipe), &meter);
        pipe_send(pipe);
    }
    meters[CONSUMERS_MAX] = meter;
}

static void consume(int number) {
    struct meter meter = {.cpu_clock = 1};
    uint64_t state = 17 + number;
    for (uint64_t i = number; i < batches; i += consumers) {
        release(pipe_receive(&pipes[number]), &meter, &state);
        pipe_done(&pipes[number]);
    }
    meters[number] = meter;
}

static void body(int number) {
    if (number < consumers) {
        consume(number);
    } else if (consumers) {
        produce();
    } else {
        struct meter in_malloc = {.cpu_clock = 1}, in_free = {.cpu_clock = 1};
        uint64_t state = 17;
        for (uint64_t i = 0; i < batches; i++) {
            allocate(pipes[0].batches[0], &in_malloc);
            release(pipes[0].batches[0], &in_free, &state);
        }
        meters[CONSUMERS_MAX] = in_malloc;
        meters[0] = in_free;
    }
}

int main(int argc, char **argv) {
    if (argc != 5) bench_usage("prodcons CONSUMERS BYTES inorder|shuffled BATCHES");
    consumers = (int)bench_number(argc, argv, 1);
    if (consumers > CONSUMERS_MAX) bench_usage("prodcons: at most 63 consumers");
    bytes = bench_number(argc, argv, 2);
    shuffled = argv[3][0] == 's';
    batches = bench_scaled(argc, argv, 4);
    struct meter whole = {0}, in_free = {0};
    bench_threads(consumers + 1, body, &whole);
    for (int i = 0; i < CONSUMERS_MAX; i++) meter_add(&in_free, &meters[i]);
    uint64_t ops = batches * PIPE_BATCH;
    bench_figure("malloc_ns", (double)meters[CONSUMERS_MAX].cpu_ns / (double)ops);
    bench_figure("free_ns", (double)in_free.cpu_ns / (double)ops);
    bench_figure("process_cpu_ns", (double)whole.cpu_ns);
    whole.cpu_ns = in_free.cpu_ns;
    meter_add(&whole, &meters[CONSUMERS_MAX]);
    bench_report(ops, &whole);
    return 0;
}
