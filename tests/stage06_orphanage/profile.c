/* profile.c -- what the samples stand for is what there is, within what chance allows.
 *
 * Each site of allocation is a function; a line of the profile belongs to it if a return address lies in
 * it. A block of b bytes is sampled with probability p = 1 - exp(-b / rate), so that n blocks give n * p
 * samples with a standard deviation of sqrt(n * p * (1 - p)). Five of them are allowed: by chance, one
 * such comparison in two million fails.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bitslab.h"
#include "support/flavour.h"
#include "support/threads.h"

#if defined(BITSLAB_CHECKED) && BITSLAB_CHECKED
#define CHECKED_BUILD 1
#else
#define CHECKED_BUILD 0
#endif
#define RATE 8192
#define TEXT_BYTES ((size_t)4 << 20)
#define SITE_BYTES 256 /* no site's code is longer */
#define SITE __attribute__((noinline, section("sites"), aligned(SITE_BYTES)))

static char text[TEXT_BYTES];
static size_t text_length;
static char path[40];

static void keep(void *argument, const char *piece, size_t length) {
    (void)argument;
    cr_assert_lt(text_length + length, TEXT_BYTES);
    memcpy(text + text_length, piece, length);
    text_length += length;
    text[text_length] = '\0';
}

static bool begin(void) {
    snprintf(path, sizeof path, "/tmp/bitslab.%d.heap", (int)getpid());
    bitslab_option_set("profile_rate", "8192");
    bitslab_option_set("dump", "off");
    const char *wrong = bitslab_option_set("profile", path);
    unlink(path);
    if (CHECKED_BUILD) cr_assert_not_null(wrong, "a checked build cannot sample");
    else cr_assert_null(wrong, "%s", wrong);
    return !CHECKED_BUILD;
}

struct seen {
    double live, taken;             /* samples                  */
    double live_bytes, taken_bytes; /* what they stand for      */
};

/* Samples whose stack goes through so many bytes of code. */
static struct seen seen_at(const void *site, uintptr_t bytes) {
    struct seen sum = {0};
    text_length = 0;
    bitslab_heap_profile(keep, NULL);
    char *line = strchr(text, '\n');
    for (; line != NULL && line[1] == ' '; line = strchr(line + 1, '\n')) {
        unsigned long long live, live_bytes, taken, taken_bytes, address;
        int used;
        cr_assert_eq(sscanf(line + 1, "%llu: %llu [%llu: %llu] @%n", &live, &live_bytes, &taken,
                            &taken_bytes, &used),
                     4);
        char *at = line + 1 + used;
        bool here = false;
        for (int more; sscanf(at, " 0x%llx%n", &address, &more) == 1 && *at == ' '; at += more)
            here |= address - (uintptr_t)site <= bytes;
        if (!here) continue;
        double scale = 1 / (1 - exp(-(double)taken_bytes / (double)taken / RATE));
        sum.live += (double)live;
        sum.taken += (double)taken;
        sum.live_bytes += (double)live_bytes * scale;
        sum.taken_bytes += (double)taken_bytes * scale;
    }
    return sum;
}

/* count blocks of `bytes` gave so many samples, within five standard deviations. */
static void agrees(const char *what, double samples, double count, double bytes) {
    double p = 1 - exp(-bytes / RATE);
    double off = fabs(samples - count * p);
    double allowed = 5 * sqrt(count * p * (1 - p)) + 1;
    cr_assert_leq(off, allowed,
                  "%s: %.0f samples instead of %.1f, %.1f off, %.1f allowed (sampler.h)", what,
                  samples, count * p, off, allowed);
}

#define KEPT_MAX 100000
static void *kept[KEPT_MAX];

SITE void *site_a(size_t size) {
    void *volatile block = bitslab_malloc(size);
    return block;
}
SITE void *site_b(size_t size) {
    void *volatile block = bitslab_malloc(size);
    return block;
}
SITE void *site_c(size_t size) {
    void *volatile block = bitslab_calloc(1, size);
    return block;
}
SITE void *site_d(size_t size) {
    void *volatile block = bitslab_aligned_alloc(256, size);
    return block;
}

static void drop(unsigned count) {
    for (unsigned i = 0; i < count; i++) bitslab_free(kept[i]);
}

/* Every temporary block is taken from the slabs, and every one that stays is a bin that was freed just
 * before: a sampler that looks at new bins only would never see the latter. */
Test(stage06_orphanage, samples_of_what_stays_are_not_lost_among_what_goes) {
    unsigned count = FEWER(KEPT_MAX);
    if (!begin()) return;
    for (unsigned i = 0; i < count; i++) {
        bitslab_free(site_a(100));
        kept[i] = site_b(100);
    }
    struct seen a = seen_at((void *)site_a, SITE_BYTES);
    struct seen b = seen_at((void *)site_b, SITE_BYTES);
    double bytes = (double)(bitslab_usable_size(kept[0]) + SPARE_BYTES);
    agrees("temporary", a.taken, count, bytes);
    agrees("kept", b.taken, count, bytes);
    cr_assert_eq(a.live, 0, "what was freed is not live");
    cr_assert_eq(b.live, b.taken, "what was kept is live");
    drop(count);
    cr_assert_eq(seen_at((void *)site_b, SITE_BYTES).live, 0);
}

static void size_agrees(size_t size, unsigned count) {
    struct seen before = seen_at((void *)site_a, SITE_BYTES);
    for (unsigned i = 0; i < count; i++) kept[i] = site_a(size);
    double bytes = (double)(bitslab_usable_size(kept[0]) + SPARE_BYTES);
    struct seen after = seen_at((void *)site_a, SITE_BYTES);
    char what[40];
    snprintf(what, sizeof what, "%zu bytes", size);
    agrees(what, after.live - before.live, count, bytes);
    drop(count);
    cr_assert_eq(seen_at((void *)site_a, SITE_BYTES).live, 0, "%zu bytes: some stay", size);
}

Test(stage06_orphanage, samples_of_each_size_stand_for_all_of_it) {
    if (!begin()) return;
    size_agrees(16, FEWER(KEPT_MAX));
    size_agrees(48, FEWER(KEPT_MAX));
    size_agrees(1000, FEWER(KEPT_MAX));
    size_agrees(5000, FEWER(20000));
    size_agrees(30000, FEWER(2000));
    size_agrees(100000, 100);
    size_agrees(400000, 50);
    size_agrees((size_t)3 << 20, 20);
}

Test(stage06_orphanage, samples_are_taken_of_calloc_and_of_aligned_blocks) {
    unsigned count = FEWER(KEPT_MAX) / 2;
    if (!begin()) return;
    for (unsigned i = 0; i < count; i++) {
        kept[2 * i] = site_c(300);
        kept[2 * i + 1] = site_d(300);
        for (unsigned j = 0; j < 300; j++) cr_assert_eq(((char *)kept[2 * i])[j], 0);
        cr_assert_eq((uintptr_t)kept[2 * i + 1] % 256, 0);
        memset(kept[2 * i], 1, 300);
    }
    agrees("calloc", seen_at((void *)site_c, SITE_BYTES).live, count, 320);
    agrees("aligned", seen_at((void *)site_d, SITE_BYTES).live, count, 512);
    drop(2 * count);
}

static void *allocate(void *argument) {
    size_t share = KEPT_MAX / 4, first = (size_t)(uintptr_t)argument * share;
    for (size_t i = 0; i < FEWER(share); i++) {
        bitslab_free(site_b(200));
        kept[first + i] = site_a(200);
    }
    return NULL;
}

static void *give_back(void *argument) {
    size_t share = KEPT_MAX / 4, first = (3 - (size_t)(uintptr_t)argument) * share;
    bitslab_free(bitslab_malloc(200)); /* then some of the others' bins may be kept */
    for (size_t i = 0; i < FEWER(share); i++) bitslab_free(kept[first + i]);
    return NULL;
}

static void in_four(void *(*work)(void *)) {
    pthread_t threads[4];
    for (uintptr_t i = 0; i < 4; i++) threads[i] = start_thread(work, (void *)i);
    for (unsigned i = 0; i < 4; i++) pthread_join(threads[i], NULL);
}

Test(stage06_orphanage, samples_are_taken_in_all_threads_and_freed_by_others) {
    if (!begin()) return;
    in_four(allocate);
    agrees("kept", seen_at((void *)site_a, SITE_BYTES).live, 4.0 * FEWER(KEPT_MAX / 4), 224);
    agrees("temporary", seen_at((void *)site_b, SITE_BYTES).taken, 4.0 * FEWER(KEPT_MAX / 4), 224);
    in_four(give_back);
    cr_assert_eq(seen_at((void *)site_a, SITE_BYTES).live, 0, "all were freed");
    struct bitslab_survey survey;
    bitslab_survey(&survey);
}

/* realloc in place: a large block that grows is a new block, at the place where it grew. */
Test(stage06_orphanage, a_sampled_block_that_grows_is_counted_at_its_new_size) {
    if (!begin()) return;
    bitslab_free(
        bitslab_realloc(bitslab_malloc(100), 104)); /* a bin is none: it stays what it is */
    void *block = site_a(4 << 20);
    cr_assert_eq(seen_at((void *)site_a, SITE_BYTES).live, 1);
    block = bitslab_realloc(block, 16 << 20);
    cr_assert_eq(seen_at((void *)site_a, SITE_BYTES).live, 0);
    struct seen all = seen_at(NULL, UINTPTR_MAX);
    cr_assert_geq(all.live_bytes, 16 << 20);
    block = bitslab_realloc(block, 1000);
    bitslab_free(block);
    cr_assert_lt(seen_at(NULL, UINTPTR_MAX).live_bytes, 1 << 20);
}

/* trim gives bins back that were counted as handed out. */
Test(stage06_orphanage, samples_are_right_if_caches_are_emptied_between) {
    unsigned count = FEWER(KEPT_MAX) / 10;
    if (!begin()) return;
    for (unsigned i = 0; i < count; i++) {
        kept[i] = site_a(1000);
        if (i % 3 == 0) bitslab_trim();
    }
    agrees("kept", seen_at((void *)site_a, SITE_BYTES).live, count, 1024);
    drop(count);
}

static void *free_across_the_beginning(void *item) {
    void **blocks = item;
    for (unsigned i = 0; i < 5; i++) bitslab_free(blocks[i]);
    begin();
    for (unsigned i = 5; i < 10; i++) bitslab_free(blocks[i]);
    return NULL;
}

/* A thread holds bins of others back, and frees more of the same word once blocks are sampled. */
Test(stage06_orphanage, bins_held_back_when_sampling_begins_come_home) {
    static void *blocks[10];
    struct bitslab_survey before, after;
    bitslab_free(bitslab_malloc(48));
    bitslab_survey(&before);
    for (unsigned i = 0; i < 10; i++) blocks[i] = bitslab_malloc(48);
    in_thread(free_across_the_beginning, blocks);
    bitslab_survey(&after);
    cr_assert_eq(after.bins_live, before.bins_live, "%zu more", after.bins_live - before.bins_live);
}
