/* client.c -- a program with the mistake that its argument names; without one it is correct. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bitslab.h"

static char *volatile shared;

static void *write_shared(void *item) {
    shared[0] = item != NULL;
    return NULL;
}

static void race(void) {
    pthread_t other;
    shared = bitslab_malloc(20);
    pthread_create(&other, NULL, write_shared, NULL);
    shared[0] = 2;
    pthread_join(other, NULL);
    bitslab_free(shared);
}

static void correct(void) {
    for (size_t size = 1; size < 5000000; size = size * 3 + 1) {
        char *volatile block = bitslab_malloc(size);
        memset(block, 1, size);
        block = bitslab_realloc(block, size + 100);
        block[size + 99] = block[size - 1];
        char *zero = bitslab_calloc(1, size);
        if (zero[size / 2] != 0) puts("not zero");
        memset(block, 2, bitslab_usable_size(block));
        bitslab_free(block);
        bitslab_free(zero);
    }
}

int main(int argc, char **argv) {
    const char *mistake = argc > 1 ? argv[1] : "none";
    size_t size = argc > 2 ? strtoul(argv[2], NULL, 10) : 20;
    /* The heap itself points to the first bin of a bitmap word, which would hide a leak of it. */
    void *first = bitslab_malloc(size);
    char *volatile block = bitslab_malloc(size);
    block[0] = 1;
    if (strcmp(mistake, "none") == 0) correct();
    if (strcmp(mistake, "overflow") == 0) block[size] = 1;
    if (strcmp(mistake, "uninitialised") == 0 && block[1] == 3) puts("three");
    if (strcmp(mistake, "race") == 0) race();
    if (strcmp(mistake, "leak") == 0) block = NULL;
    bitslab_free(first);
    bitslab_free(block);
    if (strcmp(mistake, "use-after-free") == 0) block[size / 2] = 1;
    return 0;
}
