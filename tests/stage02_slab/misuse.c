/* misuse.c -- a bitmap knows which bins are free, and division where they start. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdint.h>

#include "bitslab.h"
#include "support/threads.h"

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

/* The address behind the last bin of a slab whose bins leave some bytes over. */
static char *behind_the_last_bin(void) {
    enum { BIN = 10240, SLAB = 65536 };
    char *first = bitslab_malloc(10000), *last = first;
    for (unsigned i = 0; i < 20; i++) {
        char *block = bitslab_malloc(10000);
        if ((uintptr_t)block / SLAB == (uintptr_t)first / SLAB && block > last) last = block;
    }
    return last + BIN;
}

Test(stage02_slab, realloc_of_a_pointer_behind_the_last_bin_aborts, .signal = SIGABRT) {
    (void)!bitslab_realloc(behind_the_last_bin(), 100);
}

#if STAGE <= 3 || STAGE >= 5
static void *free_in_thread(void *block) {
    bitslab_free(block);
    return NULL;
}

/* An owner's magazine takes it (stage 4), a stranger's free looks it up. */
Test(stage02_slab, free_of_a_pointer_behind_the_last_bin_aborts, .signal = SIGABRT) {
    char *block = behind_the_last_bin();
    if (STAGE >= 5) in_thread(free_in_thread, block);
    else free_in_thread(block);
}
#endif

Test(stage02_slab, double_free_of_a_large_block_aborts, .signal = SIGABRT) {
    void *block = bitslab_malloc(100000);
    bitslab_free(block);
    bitslab_free(block);
}
