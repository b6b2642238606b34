/* double_free.c -- a block freed twice by a thread that does not own it, wherever it waits.
 *
 * At once, before others get it: a thread that is not stopped ends the process by another status. A
 * checked build may wait for the owner to look.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "bitslab.h"
#include "config.h"
#include "support/flavour.h"
#include "support/threads.h"

static void too_late(void) {
    if (!HARDENED) _exit(1);
}

static void owner_looks(void) {
#if STAGE >= 6
    if (HARDENED) bitslab_trim();
#endif
}

/* A thread that has a cache of that size, and keeps the block there. */
static void *free_kept_twice(void *block) {
    bitslab_free(bitslab_malloc(256));
    bitslab_free(block);
    bitslab_free(block);
    too_late();
    return NULL;
}

Test(stage05_remote_free, a_double_free_of_a_block_kept_in_a_cache, .signal = SIGABRT) {
    in_thread(free_kept_twice, memset(bitslab_malloc(256), 1, 256));
    owner_looks();
}

/* So many that the last one is held back to go home to its owner, though the cache of that size has
 * room for it: what came there before was handed out again. */
static void *free_one_that_goes_home_twice(void *blocks) {
    void **at = blocks;
    bitslab_free(bitslab_malloc(256));
    for (unsigned i = 0; i < FOREIGN_HOME; i++) {
        (void)bitslab_malloc(256);
        bitslab_free(at[i]);
    }
    bitslab_free(at[FOREIGN_HOME - 1]);
    too_late();
    return NULL;
}

Test(stage05_remote_free, a_double_free_of_a_block_on_its_way_home, .signal = SIGABRT) {
    void *blocks[FOREIGN_HOME];
    for (unsigned i = 0; i < FOREIGN_HOME; i++) blocks[i] = memset(bitslab_malloc(256), 1, 256);
    in_thread(free_one_that_goes_home_twice, blocks);
    owner_looks();
}

#define COUNT 16384u
#define LATE (COUNT / 2)

static void free_the_late_one(void *blocks) { bitslab_free(((void **)blocks)[LATE]); }

static void tell_owner(void *unused) {
    (void)unused;
    for (unsigned i = 0; i < COUNT; i++) (void)bitslab_malloc(16);
    owner_looks();
}

/* The helper holds its free back. By the time it tells, the owner has freed the same block, and all
 * others, so the slab is gone; what lies in its place must not be freed in the block's stead. */
Test(stage05_remote_free, a_double_free_told_after_the_slab_is_gone, .signal = SIGABRT) {
    void *blocks[COUNT];
    struct helper helper;
    helper_start(&helper);
    for (unsigned i = 0; i < COUNT; i++) blocks[i] = memset(bitslab_malloc(16), 1, 16);
    helper_do(&helper, free_the_late_one, blocks);
    for (unsigned i = 0; i < COUNT; i++) bitslab_free(blocks[i]);
    helper_do(&helper, tell_owner, NULL);
    for (unsigned i = 0; i < COUNT; i++) (void)bitslab_malloc(512);
    owner_looks();
}
