/* preloaded.c -- a program that knows nothing of the library that is preloaded into it. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *work(void *seed) {
    for (unsigned i = 0; i < 20000; i++) {
        size_t size = ((size_t)seed + i) * 7919 % 5000 + 1;
        char *volatile block = malloc(size);
        memset(block, (int)i, size);
        block = realloc(block, 2 * size);
        if (block == NULL || block[size - 1] != (char)i) abort();
        free(block);
    }
    return NULL;
}

int main(void) {
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        if (pthread_create(&threads[i], NULL, work, (void *)i) != 0) return 1;
    for (size_t i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    puts("80000 blocks");
    return 0;
}
