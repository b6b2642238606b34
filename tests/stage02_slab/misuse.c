/* misuse.c -- a bitmap knows which bins are free, and division where they start. */
#include <criterion/criterion.h>
#include <signal.h>

#include "bitslab.h"

Test(stage02_slab, double_free_of_the_last_freed_bin_aborts, .signal = SIGABRT) {
    void *block = bitslab_malloc(64);
    bitslab_free(block);
    bitslab_free(block);
}

#if STAGE <= 3 /* later stages keep bins in caches first: their checked builds catch it */
Test(stage02_slab, double_free_after_another_free_aborts, .signal = SIGABRT) {
    void *first = bitslab_malloc(64), *second = bitslab_malloc(64);
    bitslab_free(first);
    bitslab_free(second);
    bitslab_free(first);
}
#endif

Test(stage02_slab, free_of_an_interior_pointer_aborts, .signal = SIGABRT) {
    char *block = bitslab_malloc(64);
    bitslab_free(block + 16);
}

Test(stage02_slab, free_of_a_misaligned_pointer_aborts, .signal = SIGABRT) {
    char *block = bitslab_malloc(4096);
    bitslab_free(block + 1);
}

Test(stage02_slab, realloc_of_an_interior_pointer_aborts, .signal = SIGABRT) {
    char *block = bitslab_malloc(500);
    (void)!bitslab_realloc(block + 32, 100);
}

Test(stage02_slab, double_free_of_a_large_block_aborts, .signal = SIGABRT) {
    void *block = bitslab_malloc(100000);
    bitslab_free(block);
    bitslab_free(block);
}
