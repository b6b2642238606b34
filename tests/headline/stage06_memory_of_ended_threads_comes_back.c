/* stage06_memory_of_ended_threads_comes_back.c -- what stage 6 brings: 200 threads in turn, each
 * of which allocates 1 MiB, frees it and ends, in the memory of a few.
 *
 * Reason: a thread that ends takes its heap with it
 * Expect: memory grows
 * Seconds: 2
 */
#include <pthread.h>
#include <stdio.h>

#include "bitslab.h"

#define THREADS 200
#define BLOCKS 16384
#define BLOCK_BYTES 64
#define LIMIT_BYTES ((size_t)16 << 20)

static void *live_and_end(void *item) {
    static void *blocks[BLOCKS];
    (void)item;
    for (unsigned i = 0; i < BLOCKS; i++) blocks[i] = bitslab_malloc(BLOCK_BYTES);
    for (unsigned i = 0; i < BLOCKS; i++) bitslab_free(blocks[i]);
    return NULL;
}

int main(void) {
    struct bitslab_stats stats;
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, live_and_end, NULL);
        pthread_join(thread, NULL);
    }
    bitslab_stats(&stats);
    if (stats.mapped_bytes > LIMIT_BYTES) {
        printf("memory grows: %d threads used 1 MiB in turn and ended, and %zu KiB are mapped, by "
               "%zu heaps\n",
               THREADS, stats.mapped_bytes >> 10, stats.heaps);
        return 1;
    }
    printf("%d threads used 1 MiB in turn and ended; %zu KiB are mapped, by %zu heaps\n", THREADS,
           stats.mapped_bytes >> 10, stats.heaps);
    return 0;
}
