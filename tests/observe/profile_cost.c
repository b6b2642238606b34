/* profile_cost.c -- CPU time of mallocs and frees, and of nothing else, in ns for a pair of them. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 5000
#define BATCH 1000

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void *blocks[BATCH];

int main(void) {
    double begin = now();
    for (unsigned i = 0; i < ROUNDS * BATCH; i++) {
        void *volatile block = malloc(64);
        free(block);
    }
    double middle = now();
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < BATCH; i++) blocks[i] = malloc(64);
        for (unsigned i = 0; i < BATCH; i++) free(blocks[i]);
    }
    double end = now();
    printf("%.3f %.3f\n", (middle - begin) / ROUNDS / BATCH, (end - middle) / ROUNDS / BATCH);
    return 0;
}
