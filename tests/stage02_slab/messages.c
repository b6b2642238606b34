/* messages.c -- a bin freed twice, or at a wrong address, ends in one line that names it and the
 * function, and in abort().
 *
 * From stage 4 on a heap keeps freed bins in a magazine for speed, where only the last one is
 * looked at; the checked build finds all. See tests/stage06_orphanage/misuse.c.
 */
#include <criterion/criterion.h>

#include "bitslab.h"
#include "support/blocks.h"
#include "support/ending.h"

static const size_t sizes[] = {1, 16, 48, 64, 100, 128, 500, 1024, 4096, 10000, 32768};

static size_t size; /* of the blocks of a misuse                      */
static unsigned char *victim;

static void free_twice(void *item) {
    (void)item;
    bitslab_free(victim);
    bitslab_free(victim);
}

#if STAGE <= 3
static void free_others_between(void *item) {
    (void)item;
    unsigned char *others[50];
    for (unsigned i = 0; i < 50; i++) others[i] = bitslab_malloc(size);
    bitslab_free(victim);
    for (unsigned i = 0; i < 50; i++) bitslab_free(others[i]);
    bitslab_free(victim);
}

static void realloc_after_free(void *item) {
    (void)item;
    bitslab_free(victim);
    (void)bitslab_realloc(victim, 100000);
}
#endif

static void free_inside(void *item) { bitslab_free(victim + *(size_t *)item); }
static void realloc_inside(void *item) { (void)bitslab_realloc(victim + *(size_t *)item, 100000); }
static void measure_inside(void *item) { (void)bitslab_usable_size(victim + *(size_t *)item); }

static void expect_reported(void (*misuse)(void *), void *item, const char *function,
                            const void *pointer) {
    struct ending ending = ending_of(misuse, item);
    cr_assert(reported(&ending, function, pointer), "%zu bytes: ended with %x: %s", size,
              (unsigned)ending.status, ending.text);
}

static void for_each_size(void (*check)(void)) {
    for (unsigned i = 0; i < COUNT_OF(sizes); i++) {
        size = sizes[i];
        unsigned char *before = bitslab_malloc(size);
        victim = bitslab_malloc(size);
        check();
        bitslab_free(victim);
        bitslab_free(before);
    }
}

static void check_free_twice(void) { expect_reported(free_twice, NULL, "free", victim); }

Test(stage02_slab, a_double_free_is_reported) { for_each_size(check_free_twice); }

#if STAGE <= 3
static void check_free_others_between(void) {
    expect_reported(free_others_between, NULL, "free", victim);
}

Test(stage02_slab, a_double_free_after_other_frees_is_reported) {
    for_each_size(check_free_others_between);
}

/* Else two blocks could be the same memory: realloc moves the block and frees it again. */
static void check_realloc_after_free(void) {
    struct ending ending = ending_of(realloc_after_free, NULL);
    cr_assert(aborted(&ending), "%zu bytes: status %x", size, (unsigned)ending.status);
}

Test(stage02_slab, a_realloc_of_a_freed_block_that_moves_is_reported) {
    for_each_size(check_realloc_after_free);
}
#endif

/* Multiples of 16, so that only the bin's size can tell. */
static void check_inside(void) {
    size_t offsets[] = {1, 8, 16, 32, size / 2 & ~(size_t)15, (size - 1) & ~(size_t)15};
    for (unsigned i = 0; i < COUNT_OF(offsets); i++) {
        if (offsets[i] == 0 || offsets[i] >= size) continue;
        unsigned char *inside = victim + offsets[i];
        expect_reported(free_inside, &offsets[i], "free", inside);
        expect_reported(realloc_inside, &offsets[i], "realloc", inside);
        expect_reported(measure_inside, &offsets[i], "usable_size", inside);
    }
}

Test(stage02_slab, a_pointer_into_a_bin_is_reported) { for_each_size(check_inside); }
