/* observing.c -- statistics, walks and pictures tell the truth, and hold still while others work. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bitslab.h"
#include "support/flavour.h"
#include "support/threads.h"

#define COUNT 3000
#define TEXT_BYTES ((size_t)8 << 20)

static void *blocks[COUNT];
static char text[TEXT_BYTES];
static size_t text_length;

static void keep(void *argument, const char *piece, size_t length) {
    cr_assert_eq(argument, text);
    cr_assert_lt(text_length + length, TEXT_BYTES);
    memcpy(text + text_length, piece, length);
    text_length += length;
    text[text_length] = '\0';
}

static const char *stats(enum bitslab_format format) {
    text_length = 0;
    bitslab_stats_print(format, keep, text);
    return text;
}

/* A number of the JSON, by its name. */
static size_t number(const char *name) {
    char quoted[60];
    snprintf(quoted, sizeof quoted, "\"%s\": ", name);
    const char *at = strstr(text, quoted);
    cr_assert_not_null(at, "there is no %s", name);
    return strtoull(at + strlen(quoted), NULL, 10);
}

/* The sum of a number over all classes. */
static size_t sum(const char *name) {
    char quoted[60];
    size_t all = 0;
    snprintf(quoted, sizeof quoted, "\"%s\": ", name);
    const char *at = strstr(text, "\"classes\"");
    while ((at = strstr(at + 1, quoted)) != NULL) all += strtoull(at + strlen(quoted), NULL, 10);
    return all;
}

static void *allocate(void *argument) {
    unsigned seed = (unsigned)(uintptr_t)argument;
    for (unsigned i = 0; i < COUNT; i++) {
        seed = seed * 1103515245 + 12345;
        unsigned kind = seed / 65536 % 100;
        size_t size = seed / 1024 % (kind < 90 ? 2000 : kind < 99 ? 60000 : 700000);
        blocks[i] = bitslab_malloc(i == 7 ? (size_t)5 << 20 : size);
    }
    for (unsigned i = 0; i < COUNT; i += 3) bitslab_free(blocks[i]), blocks[i] = NULL;
    return NULL;
}

/* Two threads end, and this one frees some of what they left. */
static void mix(void) {
    in_thread(allocate, (void *)1);
    for (unsigned i = 1; i < COUNT / 2; i += 3) bitslab_free(blocks[i]), blocks[i] = NULL;
    in_thread(allocate, (void *)2);
    for (unsigned i = 1; i < COUNT; i += 6) bitslab_free(blocks[i]), blocks[i] = NULL;
    allocate((void *)3);
}

Test(stage06_orphanage, statistics_are_what_a_survey_finds) {
    struct bitslab_survey survey;
    mix();
    stats(BITSLAB_JSON);
    bitslab_survey(&survey);
    cr_assert_eq(number("mapped_bytes"), survey.mapped_bytes);
    cr_assert_eq(number("superpages_owned"), survey.superpages_owned);
    cr_assert_eq(number("superpages_orphaned"), survey.superpages_orphaned);
    cr_assert_eq(number("superpages_pooled"), survey.superpages_pooled);
    cr_assert_eq(number("wide_blocks"), survey.wide_blocks);
    cr_assert_eq(number("tail_bytes"), survey.tail_bytes);
    cr_assert_eq(number("free_slot_bytes"), survey.slot_bytes);
    cr_assert_eq(number("cached_bytes"), survey.cached_bytes);
    cr_assert_eq(number("freed_bytes"), survey.waiting_bytes);
    size_t live = number("live_bin_bytes") + number("live_wide_bytes") + number("live_huge_bytes");
    cr_assert_eq(live + number("header_bytes"), survey.block_bytes + survey.bookkeeping_bytes);
    cr_assert_eq(sum("live"), survey.bins_live);
    cr_assert_eq(sum("free"), survey.bins_free);
    cr_assert_eq(sum("remote"), survey.bins_remote);
    cr_assert_eq(sum("held"), survey.bins_held);
}

Test(stage06_orphanage, statistics_add_up) {
    mix();
    stats(BITSLAB_JSON);
    cr_assert_eq(number("mapped_bytes"), number("live_bin_bytes") + number("live_wide_bytes") +
                                             number("live_huge_bytes") + number("freed_bytes") +
                                             number("free_slot_bytes") + number("tail_bytes") +
                                             number("cached_bytes") + number("header_bytes"));
    cr_assert_eq(sum("bins"), sum("live") + sum("free") + sum("remote") + sum("held"));
    stats(BITSLAB_TEXT);
    cr_assert_not_null(strstr(text, "mapped "));
    cr_assert_not_null(strstr(text, "class  bytes   slabs"));
}

struct found {
    size_t live, free, cached, remote, live_bytes, waiting_bytes, stop_at;
};

static int visit(void *argument, const struct bitslab_block *block) {
    struct found *found = argument;
    size_t *counts[] = {&found->live, &found->free, &found->cached, &found->remote};
    ++*counts[block->state];
    if (block->state == BITSLAB_CACHED && block->size_class == -1)
        --found->cached; /* a wide block that is kept is no bin */
    if (block->state == BITSLAB_LIVE) found->live_bytes += block->bytes;
    else
        found->waiting_bytes +=
            block->bytes == 0 ? 16 : block->bytes; /* of size 0: a bin all the same */
    cr_assert(block->size_class == -1 || block->size_class < BITSLAB_CLASS_COUNT);
    return found->stop_at != 0 && found->live == found->stop_at ? 5 : 0;
}

Test(stage06_orphanage, a_walk_over_all_finds_each_block) {
    struct bitslab_survey survey;
    struct found found = {0};
    mix();
    cr_assert_eq(bitslab_walk_all(visit, &found), 0);
    bitslab_survey(&survey);
    cr_assert_eq(found.live, survey.bins_live + survey.wide_blocks + survey.huge_blocks);
    cr_assert_eq(found.free, survey.bins_free);
    cr_assert_eq(found.cached, survey.bins_held);
    cr_assert_geq(found.remote, survey.bins_remote, "freed wide blocks are among them");
    cr_assert_eq(found.waiting_bytes, survey.waiting_bytes, "wide blocks that wait, too");
}

static size_t seen[COUNT];

static int count_ours(void *argument, const struct bitslab_block *block) {
    (void)argument;
    for (unsigned i = 0; i < COUNT; i++)
        if (blocks[i] == block->address && block->state == BITSLAB_LIVE) {
            seen[i]++;
            cr_assert_geq(block->bytes, bitslab_usable_size(blocks[i]) + SPARE_BYTES);
            if (SPARE_BYTES == 0) cr_assert_eq(block->bytes, bitslab_usable_size(blocks[i]));
        }
    return 0;
}

Test(stage06_orphanage, a_walk_over_this_threads_heap_finds_its_blocks_once) {
    /* One size, so that no superpage is full and without an owner. */
    for (unsigned i = 0; i < 500; i++) blocks[i] = bitslab_malloc(1000);
    for (unsigned i = 0; i < 500; i += 2) bitslab_free(blocks[i]);
    cr_assert_eq(bitslab_walk(count_ours, NULL), 0);
    for (unsigned i = 0; i < 500; i++)
        cr_assert_eq(seen[i], i % 2, "block %u: %zu times", i, seen[i]);
}

Test(stage06_orphanage, a_walk_ends_where_the_visitor_says) {
    struct found found = {.stop_at = 10};
    mix();
    cr_assert_eq(bitslab_walk_all(visit, &found), 5);
    cr_assert_eq(found.live, 10);
    found = (struct found){.stop_at = 3};
    cr_assert_eq(bitslab_walk(visit, &found), 5);
}

/* A picture is well formed as far as a counter of tags can tell; tests/observe/reports.sh asks xmllint. */
Test(stage06_orphanage, a_picture_shows_each_superpage) {
    struct bitslab_survey survey;
    size_t rows = 0;
    mix();
    text_length = 0;
    bitslab_heap_picture(keep, text);
    bitslab_survey(&survey);
    for (const char *at = text; (at = strstr(at, "<title>superpage 0x")) != NULL; at++) rows++;
    cr_assert_eq(rows, survey.superpages);
    cr_assert_eq(strncmp(text, "<svg ", 5), 0);
    cr_assert_not_null(strstr(text, "</svg>"));
    cr_assert_not_null(strstr(text, "<title id=\"t\">"));
}

static _Atomic bool stop;

static void *work(void *argument) {
    unsigned seed = (unsigned)(uintptr_t)argument;
    void *mine[200] = {NULL};
    while (!stop) {
        seed = seed * 1103515245 + 12345;
        unsigned i = seed / 65536 % 200;
        bitslab_free(mine[i]);
        mine[i] = bitslab_malloc(seed / 1024 % 50 == 0 ? (size_t)3 << 20 : seed / 1024 % 9000);
    }
    for (unsigned i = 0; i < 200; i++) bitslab_free(mine[i]);
    return NULL;
}

/* No count can be checked then; but nothing may fault, hang, or be beyond what is possible. */
Test(stage06_orphanage, one_may_look_while_others_work, .timeout = 60) {
    pthread_t threads[3];
    for (uintptr_t i = 0; i < 3; i++) threads[i] = start_thread(work, (void *)(i + 1));
    for (unsigned i = 0; i < FEWER(300); i++) {
        stats(BITSLAB_JSON);
        cr_assert_geq(sum("bins"), sum("live"));
        cr_assert_geq(number("mapped_bytes"), number("live_bin_bytes"));
        stats(BITSLAB_TEXT);
        text_length = 0;
        bitslab_heap_picture(keep, text);
        cr_assert_not_null(strstr(text, "</svg>"));
    }
    stop = true;
    for (unsigned i = 0; i < 3; i++) pthread_join(threads[i], NULL);
}
