/* stage04_two_threads_allocate.c -- what stage 4 brings: a heap per thread, so two may allocate.
 *
 * Reason: one heap without locks serves one thread
 * Expect: 04_threadlocal
 * Seconds: 2
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "bitslab.h"

#define BLOCKS 1000

static unsigned char *blocks[2][BLOCKS];

static void *allocate(void *item) {
    unsigned me = *(unsigned *)item;
    for (unsigned i = 0; i < BLOCKS; i++) {
        blocks[me][i] = bitslab_malloc(i % 500 + 1);
        memset(blocks[me][i], (int)me + 1, i % 500 + 1);
    }
    return NULL;
}

int main(void) {
    unsigned numbers[2] = {0, 1};
    pthread_t threads[2];
    for (unsigned i = 0; i < 2; i++) pthread_create(&threads[i], NULL, allocate, &numbers[i]);
    for (unsigned i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    for (unsigned t = 0; t < 2; t++) {
        for (unsigned i = 0; i < BLOCKS; i++) {
            for (unsigned at = 0; at < i % 500 + 1; at++) {
                if (blocks[t][i][at] == t + 1) continue;
                printf("block %u of thread %u was overwritten\n", i, t);
                return 1;
            }
        }
    }
    printf("two threads allocated %d blocks each; all contents are intact\n", BLOCKS);
    return 0;
}
