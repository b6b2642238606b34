/* stage05_frees_from_other_threads_come_back.c -- what stage 5 brings: one thread allocates 1 MiB,
 * another frees it, 100 times, in the memory of a few rounds.
 *
 * Reason: a block freed by a stranger is set aside for ever
 * Expect: memory grows
 * Seconds: 2
 */
#include <pthread.h>
#include <stdio.h>

#include "bitslab.h"

#define ROUNDS 100
#define BLOCKS 16384
#define BLOCK_BYTES 64
#define LIMIT_BYTES ((size_t)16 << 20)

static void *blocks[BLOCKS];
static pthread_barrier_t turn;

static void *consume(void *item) {
    (void)item;
    for (unsigned round = 0; round < ROUNDS; round++) {
        pthread_barrier_wait(&turn);
        for (unsigned i = 0; i < BLOCKS; i++) bitslab_free(blocks[i]);
        pthread_barrier_wait(&turn);
    }
    return NULL;
}

int main(void) {
    struct bitslab_stats stats;
    pthread_t consumer;
    pthread_barrier_init(&turn, NULL, 2);
    pthread_create(&consumer, NULL, consume, NULL);
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < BLOCKS; i++) blocks[i] = bitslab_malloc(BLOCK_BYTES);
        pthread_barrier_wait(&turn);
        pthread_barrier_wait(&turn);
    }
    pthread_join(consumer, NULL);
    bitslab_stats(&stats);
#if STAGE == 4
    printf("stats.frees_set_aside is %zu of %d\n", stats.frees_set_aside, ROUNDS * BLOCKS);
#endif
    if (stats.mapped_bytes > LIMIT_BYTES) {
        printf("memory grows: after %d rounds of 1 MiB, which another thread freed, %zu KiB are "
               "mapped\n",
               ROUNDS, stats.mapped_bytes >> 10);
        return 1;
    }
    printf("%d rounds of 1 MiB, freed by another thread, took %zu KiB\n", ROUNDS,
           stats.mapped_bytes >> 10);
    return 0;
}
