/* client.c -- a program with the mistake that its argument names; without one it is correct.
 *
 *   client [MISTAKE [BYTES]]
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bitslab.h"

static char *volatile shared;

static void *write_shared(void *item) {
    shared[0] = item != NULL;
    return NULL;
}

/* Two threads write to one block, and nothing orders them. */
static void race(void) {
    pthread_t other;
    shared = bitslab_malloc(20);
    pthread_create(&other, NULL, write_shared, NULL);
    shared[0] = 2;
    pthread_join(other, NULL);
    bitslab_free(shared);
}

static int reused;

static void *free_and_get_again(void *block) {
    bitslab_free(bitslab_malloc(1000)); /* it uses the size, so it keeps what it frees */
    bitslab_free(block);
    char *again = bitslab_malloc(1000);
    if (again != block) puts("not the same block");
    again[0] = 3;
    __atomic_store_n(&reused, 1, __ATOMIC_RELAXED);
    return NULL;
}

/* A thread frees and gets again what another one still writes to. */
static void race_with_next_owner(void) {
    pthread_t other;
    shared = bitslab_malloc(1000);
    pthread_create(&other, NULL, free_and_get_again, shared);
    while (!__atomic_load_n(&reused, __ATOMIC_RELAXED)) sched_yield();
    shared[0] = 1;
    pthread_join(other, NULL);
}

static void *write_and_leave(void *item) {
    char **block = item;
    *block = bitslab_malloc(5000);
    memset(*block, 4, 5000);
    return NULL;
}

static void *write_and_free(void *block) {
    memset(block, 5, 5000);
    bitslab_free(block);
    return NULL;
}

static void in_thread(void *(*work)(void *), void *item) {
    pthread_t thread;
    pthread_create(&thread, NULL, work, item);
    pthread_join(thread, NULL);
}

static void *use_bins(void *item) {
    for (unsigned round = 0; round < 2000; round++) {
        char *block = bitslab_malloc(100);
        memset(block, (int)round, 100);
        char *old = __atomic_exchange_n((char **)item, block, __ATOMIC_ACQ_REL);
        if (old != NULL) old[50] = 1;
        bitslab_free(old);
    }
    return NULL;
}

/* Blocks that change hands as they should: nothing orders the owners but the allocator itself. */
static void hand_on(void) {
    pthread_t threads[3];
    static char *left;
    char *block;
    for (unsigned i = 0; i < 20; i++) {
        in_thread(write_and_leave, &block);
        in_thread(write_and_free, block);
    }
    for (unsigned i = 0; i < 3; i++) pthread_create(&threads[i], NULL, use_bins, &left);
    for (unsigned i = 0; i < 3; i++) pthread_join(threads[i], NULL);
    bitslab_free(left);
}

static void use_all_kinds(void) {
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

/* A block of libc's malloc to which only a block of ours points, live or freed. */
static void keep_in_a_block(int freed) {
    static void **volatile keeper;
    keeper = bitslab_malloc(1000);
    keeper[5] = malloc(77);
    if (!freed) return;
    bitslab_free(keeper);
}

/* Arithmetic that has no meaning in C, on what a block holds. */
static void overflow_a_number(void) {
    int *volatile numbers = bitslab_calloc(10, sizeof *numbers);
    numbers[3] = 0x7fffffff;
    numbers[4] = numbers[3] + 1;
    bitslab_free(numbers);
}

static void read_a_number_askew(void) {
    char *volatile block = bitslab_calloc(1, 100);
    if (*(int *)(block + 1) != 0) puts("not zero");
    bitslab_free(block);
}

static void commit(const char *mistake) {
    if (strcmp(mistake, "race") == 0) race();
    if (strcmp(mistake, "race-with-next-owner") == 0) race_with_next_owner();
    if (strcmp(mistake, "kept-in-a-block") == 0) keep_in_a_block(0);
    if (strcmp(mistake, "lost-with-a-block") == 0) keep_in_a_block(1);
    if (strcmp(mistake, "undefined") == 0) overflow_a_number();
    if (strcmp(mistake, "misaligned") == 0) read_a_number_askew();
}

int main(int argc, char **argv) {
    const char *mistake = argc > 1 ? argv[1] : "none";
    size_t size = argc > 2 ? strtoul(argv[2], NULL, 10) : 20;
    /* The heap itself points to the first bin of a bitmap word, which would hide a leak of it. */
    void *first = bitslab_malloc(size);
    char *volatile block = bitslab_malloc(size);
    char *volatile next = bitslab_malloc(size);
    block[0] = next[0] = 1;
    if (strcmp(mistake, "none") == 0) use_all_kinds(), hand_on();
    if (strcmp(mistake, "overflow") == 0) block[size] = 1;
    if (strcmp(mistake, "underflow") == 0) block[-1] = 1;
    if (strcmp(mistake, "overflow-of-next") == 0) next[size + 3] = 1;
    if (strcmp(mistake, "uninitialised") == 0 && block[1] == 3) puts("three");
    if (strcmp(mistake, "leak") == 0) block = NULL;
    commit(mistake);
    bitslab_free(first);
    bitslab_free(block);
    if (strcmp(mistake, "use-after-free") == 0) block[size / 2] = 1;
    bitslab_free(next);
    return 0;
}
