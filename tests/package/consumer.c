/* consumer.c -- a program that uses bitslab as it finds it: `consumer functions|malloc`.
 *
 * functions  bitslab_malloc is ours, and malloc is the C library's
 * malloc     both are ours
 * Compiled as C and as C++. Blocks are exchanged between threads, so frees cross them.
 */
#include <bitslab.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCKS 20000

static void *blocks[BLOCKS];

static void *fill(void *argument) {
    (void)argument;
    for (size_t i = 0; i < BLOCKS; i++) {
        blocks[i] = bitslab_malloc(i % 700 + 1);
        if (blocks[i] == NULL) abort();
        memset(blocks[i], (int)(i % 251), i % 700 + 1);
    }
    return NULL;
}

static int fill_and_check(void) {
    pthread_t thread;
    int bad = 0;
    if (pthread_create(&thread, NULL, fill, NULL) != 0 || pthread_join(thread, NULL) != 0) return 1;
    for (size_t i = 0; i < BLOCKS; i++) {
        for (size_t j = 0; j <= i % 700; j++) bad += ((unsigned char *)blocks[i])[j] != i % 251;
        bitslab_free(blocks[i]);
    }
    return bad;
}

/* Whether the OS gives bitslab the memory for a large block of malloc. */
static int malloc_is_ours(void) {
    struct bitslab_stats before, after;
    bitslab_stats(&before);
    char *volatile block = (char *)malloc((size_t)48 << 20);
    if (block == NULL) abort();
    block[0] = 1;
    bitslab_stats(&after);
    free(block);
    return after.mapped_bytes >= before.mapped_bytes + ((size_t)48 << 20);
}

int main(int count, char **words) {
    int wanted = count == 2 && strcmp(words[1], "malloc") == 0;
    if (fill_and_check() != 0) {
        fprintf(stderr, "blocks were overwritten\n");
        return 1;
    }
    if (malloc_is_ours() != wanted) {
        fprintf(stderr, "malloc is %s\n", wanted ? "not bitslab's" : "bitslab's");
        return 1;
    }
    printf("bitslab " BITSLAB_VERSION ": %s\n", wanted ? "malloc" : "functions");
    return 0;
}
