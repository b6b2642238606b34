/* test.c -- exercise 6.1: who owns the superpage?
 *
 * Expect: not what you predicted
 */
#include <pthread.h>
#include <stdio.h>

#include "bitslab.h"
#include "superpage.h"
#include "thread.h"

enum owner { THE_THREADS_HEAP, THE_MAIN_THREADS_HEAP, NOBODY };
#define AFTER_THE_END THE_THREADS_HEAP /* your answers */
#define AFTER_THE_FREE THE_THREADS_HEAP

static void *allocate(void *unused) {
    (void)unused;
    return bitslab_malloc(64);
}

static enum owner owner_of(void *block) {
    struct heap *owner = atom_load(&superpage_of((uintptr_t)block)->owner, relaxed);
    if (owner == OWNER_NOBODY) return NOBODY;
    return owner == this_thread.heap ? THE_MAIN_THREADS_HEAP : THE_THREADS_HEAP;
}

int main(void) {
    pthread_t thread;
    void *block;
    bitslab_free(bitslab_malloc(16)); /* the main thread has a heap */
    pthread_create(&thread, NULL, allocate, NULL);
    pthread_join(thread, &block);
    enum owner at_end = owner_of(block);
    bitslab_free(block);
    enum owner at_free = owner_of(block);
    if (at_end == AFTER_THE_END && at_free == AFTER_THE_FREE) return 0;
    printf("that is not what you predicted\n");
    return 1;
}
