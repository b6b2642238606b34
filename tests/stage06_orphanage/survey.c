/* survey.c -- every byte from the OS is somewhere, and every invariant is looked at. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

#include "bitslab.h"
#include "support/ending.h"
#include "support/flavour.h"

static size_t sum(const size_t *counts) {
    size_t all = 0;
    for (unsigned i = 0; i < BITSLAB_CLASS_COUNT; i++) all += counts[i];
    return all;
}

static struct bitslab_survey survey(void) {
    struct bitslab_survey now;
    bitslab_check();
    bitslab_survey(&now);
    cr_assert_eq(now.mapped_bytes, now.block_bytes + now.waiting_bytes + now.slot_bytes +
                                       now.tail_bytes + now.cached_bytes + now.bookkeeping_bytes);
    cr_assert_eq(sum(now.bins), now.bins_live + now.bins_free + now.bins_held + now.bins_remote);
    cr_assert_eq(now.superpages,
                 now.superpages_owned + now.superpages_orphaned + now.superpages_pooled);
    return now;
}

Test(stage06_orphanage, the_survey_of_an_unused_heap_is_empty) {
    struct bitslab_survey now = survey();
    cr_assert_eq(now.mapped_bytes, 0);
    cr_assert_eq(now.heaps, 0);
}

Test(stage06_orphanage, the_survey_counts_live_blocks_of_every_kind) {
    bitslab_free(bitslab_malloc(1));
    struct bitslab_survey before = survey();
    void *blocks[1000];
    size_t bytes = 0;
    for (unsigned i = 0; i < 1000; i++) {
        blocks[i] = bitslab_malloc(100);
        bytes += HARDENED ? 112 : bitslab_usable_size(blocks[i]) + SPARE_BYTES;
    }
    void *wide = bitslab_malloc(300000), *huge = bitslab_malloc((size_t)5 << 20);
    void *aligned = bitslab_aligned_alloc((size_t)4 << 20, 100);
    bytes += bitslab_usable_size(wide) + bitslab_usable_size(huge) + bitslab_usable_size(aligned);
    bytes += WATCHED * 3 * SPARE_BYTES;
    struct bitslab_survey now = survey();
    cr_assert_eq(now.bins_live, before.bins_live + 1000);
    cr_assert_eq(now.wide_blocks, !HARDENED);
    cr_assert_eq(now.huge_blocks, 2 + HARDENED);
    cr_assert_eq(now.block_bytes, before.block_bytes + bytes);
    for (unsigned i = 0; i < 1000; i++) bitslab_free(blocks[i]);
    bitslab_free(wide);
    bitslab_free(huge);
    bitslab_free(aligned);
    now = survey();
    cr_assert_eq(now.block_bytes, before.block_bytes);
    cr_assert_eq(now.bins_live, before.bins_live);
    cr_assert_eq(now.wide_blocks + now.huge_blocks, 0);
}

static void *free_half(void *blocks) {
    for (unsigned i = 0; i < 200; i += 2) bitslab_free(((void **)blocks)[i]);
    return NULL;
}

Test(stage06_orphanage, the_survey_counts_what_other_threads_freed) {
    void *blocks[200];
    pthread_t thread;
    for (unsigned i = 0; i < 200; i++) blocks[i] = bitslab_malloc(5000);
    struct bitslab_survey before = survey();
    pthread_create(&thread, NULL, free_half, blocks);
    pthread_join(thread, NULL);
    struct bitslab_survey now = survey();
    cr_assert_eq(now.bins_live, before.bins_live - 100);
    cr_assert_gt(now.bins_remote, 0);
    for (unsigned i = 1; i < 200; i += 2) bitslab_free(blocks[i]);
    bitslab_trim();
    now = survey();
    cr_assert_eq(now.bins_live + now.bins_remote + now.bins_held, 0);
    cr_assert_eq(now.superpages_pooled, now.superpages);
    cr_assert_eq(now.block_bytes + now.waiting_bytes + now.cached_bytes, 0);
}

static void *leave_blocks(void *count) {
    for (uintptr_t i = 0; i < (uintptr_t)count; i++) (void)bitslab_malloc(1000 + i);
    return NULL;
}

Test(stage06_orphanage, the_survey_counts_orphans) {
    pthread_t thread;
    pthread_create(&thread, NULL, leave_blocks, (void *)10);
    pthread_join(thread, NULL);
    struct bitslab_survey now = survey();
    cr_assert_eq(now.bins_live, 10);
    cr_assert_eq(now.superpages_orphaned, 1);
    cr_assert_eq(now.superpages_listed, 1);
    cr_assert_eq(now.heaps, 1);
}

/* A byte of the headers in which a set bit stands for a free bin: 1000 live blocks of 16 bytes
 * leave a word of free bins behind them, and a flipped bit in a free map breaks I2. */
static void flip_a_free_bit(void *unused) {
    (void)unused;
    char *block = NULL;
    for (unsigned i = 0; i < 1000; i++) block = bitslab_malloc(16);
    uintptr_t base = (uintptr_t)block & ~(((uintptr_t)1 << 21) - 1);
    uintptr_t header = base | ((uintptr_t)block >> 5 & 0xf800) | ((uintptr_t)block >> 14 & 0x380);
    ((uint64_t *)(header + 64))[30] ^= 2;
    bitslab_check();
}

Test(stage06_orphanage, a_flipped_bit_in_the_headers_is_found) {
    struct ending ending = ending_of(flip_a_free_bit, NULL);
    cr_assert(aborted(&ending), "went on with a broken heap");
    cr_assert_not_null(strstr(ending.text, "bitslab: check(0x"), "%s", ending.text);
    cr_assert_not_null(strstr(ending.text, "I2"), "%s", ending.text);
}
