/* churn.c -- threads that live only briefly, and leave blocks behind.
 *
 * A lane starts one thread after the other. Each frees what its predecessor left, allocates BLOCKS
 * blocks of 16 to 1,024 bytes, frees three quarters of them and ends. What a thread's first
 * malloc and its end cost shows, and whether the memory of ended threads comes back.
 *
 * Usage   churn LANES BLOCKS THREADS   THREADS in each lane
 * Source  ours, after the short-lived threads of Larson and Krishnan 1998.
 */
#include "bench.h"

#include <pthread.h>

enum { LANES_MAX = 64, BLOCKS_MAX = 4096, STACK_BYTES = 128 << 10 };

struct lane {
    uint64_t state;
    void *left[BLOCKS_MAX / 4];
};
static struct lane lanes[LANES_MAX];
static size_t count;
static uint64_t threads;

static void *brief(void *argument) {
    struct lane *lane = argument;
    void *blocks[BLOCKS_MAX];
    for (size_t i = 0; i < count / 4; i++) free(lane->left[i]);
    for (size_t i = 0; i < count; i++)
        blocks[i] = bench_block(16 + bench_below(&lane->state, 1009));
    for (size_t i = 0; i < count; i++) {
        if (i % 4 == 0 && i / 4 < count / 4) {
            lane->left[i / 4] = blocks[i];
        } else {
            free(blocks[i]);
        }
    }
    return NULL;
}

static void body(int number) {
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, STACK_BYTES);
    lanes[number].state = 31 + number;
    for (uint64_t i = 0; i < threads; i++) {
        pthread_t thread;
        if (pthread_create(&thread, &small, brief, &lanes[number])) bench_fail("no thread");
        pthread_join(thread, NULL);
    }
}

int main(int argc, char **argv) {
    if (argc != 4) bench_usage("churn LANES BLOCKS THREADS");
    int lane_count = (int)bench_number(argc, argv, 1);
    count = bench_number(argc, argv, 2);
    threads = bench_scaled(argc, argv, 3);
    if (lane_count > LANES_MAX || count > BLOCKS_MAX) bench_usage("churn: 64 lanes, 4096 blocks");
    struct meter meter = {0};
    bench_threads(lane_count, body, &meter);
    bench_report((uint64_t)lane_count * threads * count, &meter);
    return 0;
}
