/* test.c -- exercise 5.1: bits in a remote map.
 *
 * Expect: not what you predicted
 */
#include <pthread.h>
#include <stdio.h>

#include "bitslab.h"
#include "remote_free.h"

#define NEVER_ALLOCATED 0 /* your answers: bits in the word */
#define ALLOCATED_BEFORE 3

static void *blocks[6];

static void *free_three(void *first) {
    for (int i = 0; i < 3; i++) bitslab_free(((void **)first)[i]);
    return NULL;
}

/* This thread does not end before its bits are counted, so it tells nobody by ending. */
static int bits_in_word(void) {
    struct slab *slab = slab_head(slab_of((uintptr_t)blocks[0]));
    return (int)count_bits(atom_load(&remote_map(slab)[0], relaxed));
}

static int counted;

static void *allocate_then_free(void *first) {
    bitslab_free(bitslab_malloc(4096));
    free_three(first);
    counted = bits_in_word();
    return NULL;
}

int main(void) {
    pthread_t thread;
    for (int i = 0; i < 6; i++) blocks[i] = bitslab_malloc(512);
    pthread_create(&thread, NULL, free_three, blocks);
    pthread_join(thread, NULL);
    int never = bits_in_word();
    pthread_create(&thread, NULL, allocate_then_free, blocks + 3);
    pthread_join(thread, NULL);
    if (never == NEVER_ALLOCATED && counted - never == ALLOCATED_BEFORE) return 0;
    printf("that is not what you predicted\n");
    return 1;
}
