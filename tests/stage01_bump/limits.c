/* limits.c -- what one thread, and a pointer that is no block, meet in the first stages. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>

#include "bitslab.h"

#if STAGE <= 3
static void *allocate(void *item) {
    (void)item;
    return bitslab_malloc(10);
}

Test(stage01_bump, a_second_thread_is_sent_to_stage_4, .signal = SIGABRT) {
    pthread_t thread;
    bitslab_free(bitslab_malloc(10));
    pthread_create(&thread, NULL, allocate, NULL);
    pthread_join(thread, NULL);
}

Test(stage01_bump, the_thread_that_calls_first_may_go_on) {
    for (int i = 0; i < 100; i++) bitslab_free(bitslab_malloc(10));
}
#endif

#if STAGE <= 3
Test(stage01_bump, free_of_a_foreign_pointer_aborts, .signal = SIGABRT) {
    static long long foreign[4];
    bitslab_free(bitslab_malloc(10));
    bitslab_free(foreign);
}
#endif

Test(stage01_bump, realloc_of_a_foreign_pointer_aborts, .signal = SIGABRT) {
    static long long foreign[4];
    bitslab_free(bitslab_malloc(10));
    (void)!bitslab_realloc(foreign, 100);
}
