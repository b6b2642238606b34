/* survey.c -- every byte from the OS is somewhere, and every invariant is looked at. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

#include "bitslab.h"
#include "superpage.h"
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

static size_t adopted(void) {
    struct bitslab_stats now;
    bitslab_stats(&now);
    return now.superpages_adopted;
}

Test(stage06_orphanage, an_adopted_orphan_is_counted_once) {
    pthread_t thread;
    pthread_create(&thread, NULL, leave_blocks, (void *)10);
    pthread_join(thread, NULL);
    size_t before = adopted();
    bitslab_free(bitslab_malloc(1000));
    struct bitslab_survey now = survey();
    cr_assert_eq(adopted(), before + 1);
    cr_assert_eq(now.superpages, 1);
    cr_assert_eq(now.superpages_owned, 1);
    cr_assert_eq(now.superpages_orphaned + now.superpages_listed, 0);
    cr_assert_eq(now.bins_live, 10);
}

Test(stage06_orphanage, slabs_and_their_bins_are_counted_by_class) {
    struct bitslab_survey now;
    unsigned class = 0;
    (void)bitslab_malloc(1000);
    now = survey();
    cr_assert_eq(sum(now.slabs), 1);
    while (now.slabs[class] == 0) class++;
    size_t each = now.bins[class];
    cr_assert_eq(sum(now.bins), each);
    for (size_t i = 1; i < 10 * each; i++) (void)bitslab_malloc(1000);
    (void)bitslab_malloc(16);
    now = survey();
    cr_assert_eq(now.slabs[class], 10);
    cr_assert_eq(now.bins[class], 10 * each);
    cr_assert_eq(sum(now.slabs), 11);
    cr_assert_eq(now.bins_live, 10 * each + 1);
}

/* What is mapped only grows in a malloc and only shrinks in a free or a trim, so looking after each
 * of them sees the highest. */
Test(stage06_orphanage, the_peak_is_the_most_that_was_mapped) {
    static const size_t sizes[] = {100, 20000, 300000, (size_t)3 << 20, (size_t)200 << 20};
    struct bitslab_stats now;
    void *blocks[15];
    size_t highest = 0;
    for (unsigned round = 0; round < 4; round++) {
        for (unsigned i = 0; i < 30; i++) {
            if (i < 15) blocks[i] = bitslab_malloc(sizes[(i + round) % 5]);
            else bitslab_free(blocks[i - 15]);
            bitslab_stats(&now);
            if (now.mapped_bytes > highest) highest = now.mapped_bytes;
            cr_assert_eq(now.mapped_peak_bytes, highest);
        }
        bitslab_trim();
        bitslab_stats(&now);
        cr_assert_lt(now.mapped_bytes, highest);
        cr_assert_eq(now.mapped_peak_bytes, highest);
        cr_assert_eq(survey().mapped_bytes, now.mapped_bytes);
    }
}

/* A byte of the headers in which a set bit stands for a free bin: 1000 live blocks of 16 bytes
 * leave a word of free bins behind them, and a flipped bit in a free map breaks I2. */
static void flip_a_free_bit(void *unused) {
    (void)unused;
    char *block = NULL;
    for (unsigned i = 0; i < 1000; i++) block = bitslab_malloc(16);
    free_map(slab_head(slab_of((uintptr_t)block)))[30] ^= 2;
    bitslab_check();
}

Test(stage06_orphanage, a_flipped_bit_in_the_headers_is_found) {
    struct ending ending = ending_of(flip_a_free_bit, NULL);
    cr_assert(aborted(&ending), "went on with a broken heap");
    cr_assert_not_null(strstr(ending.text, "bitslab: check(0x"), "%s", ending.text);
    cr_assert_not_null(strstr(ending.text, "I2"), "%s", ending.text);
}

/* What the OS refused was never mapped. Where a quarter of all addresses can be had, it is used up. */
Test(stage06_orphanage, the_peak_is_of_what_was_obtained) {
    const size_t quarter = (size_t)1 << (sizeof(size_t) * 8 - 2);
    struct bitslab_stats before, after;
    void *blocks[4];
    unsigned count = 0;
    bitslab_free(bitslab_malloc(1));
    while (count < 4 && (blocks[count] = bitslab_malloc(quarter)) != NULL) count++;
    cr_assert_lt(count, 4);
    bitslab_stats(&before);
    cr_assert_null(bitslab_malloc(quarter));
    void *block = bitslab_malloc(5 << 20);
    cr_assert_null(bitslab_realloc(block, quarter));
    block = bitslab_realloc(block, 20 << 20);
    bitslab_stats(&after);
    cr_assert_geq(after.mapped_peak_bytes, before.mapped_peak_bytes + (20 << 20));
    cr_assert_leq(after.mapped_peak_bytes, before.mapped_peak_bytes + (40 << 20));
    bitslab_free(block);
    while (count > 0) bitslab_free(blocks[--count]);
}
