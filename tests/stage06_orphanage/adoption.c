/* adoption.c -- superpages whose owner has ended or sleeps find a new one. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "bitslab.h"
#include "support/memory.h"
#include "support/pattern.h"
#include "support/threads.h"

#define MIB ((size_t)1 << 20)

static struct bitslab_stats now(void) {
    struct bitslab_stats stats;
    bitslab_stats(&stats);
    return stats;
}

/* Many blocks of one size, and which of them to free. */
struct load {
    size_t size;
    unsigned count, from, step;
    unsigned char **blocks;
};

static struct load load_of(size_t bytes, size_t size, unsigned step) {
    struct load load = {.size = size, .count = (unsigned)(bytes / size), .step = step};
    load.blocks = calloc(load.count, sizeof load.blocks[0]);
    return load;
}

static void allocate(void *item) {
    struct load *load = item;
    for (unsigned i = 0; i < load->count; i++) {
        load->blocks[i] = bitslab_malloc(load->size);
        memset(load->blocks[i], (int)(i & 0xff), load->size < 64 ? load->size : 64);
    }
}

static void release(void *item) {
    struct load *load = item;
    for (unsigned i = load->from; i < load->count; i += load->step) {
        bitslab_free(load->blocks[i]);
        load->blocks[i] = NULL;
    }
}

static void *allocate_in_thread(void *item) {
    allocate(item);
    return NULL;
}

static void *release_in_thread(void *item) {
    release(item);
    return NULL;
}

static void *allocate_and_release(void *item) {
    allocate(item);
    release(item);
    return NULL;
}

static unsigned damaged(const struct load *load) {
    unsigned bad = 0;
    for (unsigned i = 0; i < load->count; i++)
        bad += load->blocks[i] != NULL && load->blocks[i][15] != (i & 0xff);
    return bad;
}

static void release_rest(struct load *load) {
    load->from = 0;
    load->step = 1;
    release(load);
    free(load->blocks);
}

Test(stage06_orphanage, superpages_of_an_ended_thread_are_adopted) {
    struct load left = load_of(10 * MIB, 64, 2), mine = load_of(4 * MIB, 64, 1);
    in_thread(allocate_and_release, &left);
    struct bitslab_stats before = now();
    allocate(&mine);
    cr_assert_gt(now().superpages_adopted, before.superpages_adopted, "nothing was adopted");
    cr_assert_eq(now().superpages, before.superpages,
                 "%zu superpages were mapped though 5 MiB were free in orphans (orphanage.h)",
                 now().superpages - before.superpages);
    cr_assert_eq(damaged(&left) + damaged(&mine), 0);
    release_rest(&left);
    release_rest(&mine);
}

Test(stage06_orphanage, free_slots_of_orphans_serve_other_sizes) {
    struct load left = load_of(20 * MIB, 64, 1), mine = load_of(16 * MIB, 3000, 1);
    in_thread(allocate_and_release, &left);
    struct bitslab_stats before = now();
    allocate(&mine);
    cr_assert_eq(now().superpages, before.superpages);
    release_rest(&left);
    release_rest(&mine);
}

Test(stage06_orphanage, memory_is_bounded_when_threads_end_with_live_blocks) {
    for (unsigned round = 0; round < FEWER(300); round++) {
        struct load left = load_of(4 * MIB, 64 + round % 7 * 100, 1);
        in_thread(allocate_in_thread, &left);
        cr_assert_eq(damaged(&left), 0);
        if (round % 2) in_thread(release_in_thread, &left);
        release_rest(&left);
    }
    cr_assert_leq(now().mapped_peak_bytes, 32 * MIB, "%zu MiB mapped",
                  now().mapped_peak_bytes / MIB);
}

Test(stage06_orphanage, memory_is_bounded_when_threads_end_with_live_blocks_of_any_kind) {
    static const size_t sizes[] = {16, 1 << 10, 32 << 10, 200 << 10, 300 << 10, 1 << 20, 3 << 20};
    for (unsigned round = 0; round < FEWER(140); round++) {
        struct load left = load_of(6 * MIB, sizes[round % 7], 1);
        in_thread(allocate_in_thread, &left);
        release_rest(&left);
    }
    cr_assert_leq(now().mapped_peak_bytes, 48 * MIB + 2 * QUARANTINE_BYTES, "%zu MiB mapped",
                  now().mapped_peak_bytes / MIB);
}

/* The owner ends while others free its blocks. */
#define FREERS 3

static struct load shares[FREERS];
static pthread_barrier_t ready;

static void *free_share(void *item) {
    pthread_barrier_wait(&ready);
    release(item);
    return NULL;
}

static void *allocate_for_all_and_end(void *item) {
    (void)item;
    for (unsigned i = 0; i < FREERS; i++) allocate(&shares[i]);
    pthread_barrier_wait(&ready);
    return NULL;
}

Test(stage06_orphanage, a_thread_ends_while_others_free_its_blocks) {
    for (unsigned round = 0; round < FEWER(200); round++) {
        pthread_barrier_init(&ready, NULL, FREERS + 1);
        for (unsigned i = 0; i < FREERS; i++) shares[i] = load_of(MIB, 16 + 48 * (round % 4), 1);
        pthread_t owner = start_thread(allocate_for_all_and_end, NULL);
        run_threads(FREERS, free_share, shares, sizeof shares[0]);
        pthread_join(owner, NULL);
        for (unsigned i = 0; i < FREERS; i++) free(shares[i].blocks);
        pthread_barrier_destroy(&ready);
    }
    cr_assert_leq(now().mapped_peak_bytes, 40 * MIB, "%zu MiB mapped for rounds of 3 MiB",
                  now().mapped_peak_bytes / MIB);
}

/* More orphans than anybody would keep: each has one live block. */
#define ORPHANS SCALED(250, 40, 250)

static pthread_barrier_t all_alive;

static void *leave_one_block(void *item) {
    unsigned char **block = item;
    *block = bitslab_malloc(100);
    memset(*block, 0x77, 100);
    pthread_barrier_wait(&all_alive);
    return NULL;
}

static size_t leave_orphans_and_free_them(void) {
    static unsigned char *blocks[ORPHANS];
    pthread_barrier_init(&all_alive, NULL, ORPHANS);
    run_threads(ORPHANS, leave_one_block, blocks, sizeof blocks[0]);
    pthread_barrier_destroy(&all_alive);
    size_t bad = 0;
    for (unsigned i = 0; i < ORPHANS; i++) {
        for (unsigned at = 0; at < 100; at++) bad += blocks[i][at] != 0x77;
        bitslab_free(blocks[i]);
    }
    return bad;
}

Test(stage06_orphanage, hundreds_of_orphans_are_reused) {
    cr_assert_eq(leave_orphans_and_free_them(), 0);
    struct bitslab_stats first = now();
    /* One freed bin in each of 48 superpages may wait in a magazine. */
    for (unsigned round = 0; round < FEWER(10); round++)
        cr_assert_eq(leave_orphans_and_free_them(), 0);
    cr_assert_leq(now().superpages, first.superpages + 64, "%zu superpages, then %zu",
                  first.superpages, now().superpages);
    cr_assert_leq(now().heaps, ORPHANS + 2);
}

Test(stage06_orphanage, memory_of_hundreds_of_orphans_goes_back_to_the_os) {
    leave_orphans_and_free_them();
    size_t before = resident_now();
    leave_orphans_and_free_them();
    cr_assert_eq(bitslab_trim() | 1, 1);
    size_t after = resident_now();
    cr_assert_leq(after, before + 4 * MIB + TOOL_KEEPS_BYTES, "%zu KiB resident before, %zu after",
                  before >> 10, after >> 10);
}

/* An owner that sleeps for ever. */
static void expect_no_stranding(size_t size, size_t may_keep) {
    struct load theirs = load_of(20 * MIB, size, 1);
    struct helper owner;
    helper_start(&owner);
    helper_do(&owner, allocate, &theirs);
    size_t before = now().mapped_bytes;
    release_rest(&theirs);
    for (unsigned round = 0; round < 3; round++) {
        struct load mine = load_of(18 * MIB, size, 1);
        allocate(&mine);
        cr_assert_leq(now().mapped_bytes, before + may_keep,
                      "%zu bytes a block: 20 MiB were freed for a sleeping owner, and %zu KiB had "
                      "to be mapped (orphanage.h)",
                      size, (now().mapped_bytes - before) >> 10);
        release_rest(&mine);
    }
    helper_end(&owner);
}

Test(stage06_orphanage, bins_of_a_sleeping_owner_go_to_who_frees_them) {
    static const size_t sizes[] = {SCALED(16, 200, 16), 64, 1000, 5000, 20000, 32 << 10};
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        expect_no_stranding(sizes[i], 4 * MIB);
}

/* Slabs of several slots leave a rest in each superpage that none of them fits into, so
 * the owner cannot let go of it as full; it may keep a few such superpages. */
Test(stage06_orphanage, large_bins_of_a_sleeping_owner_go_to_who_frees_them) {
    expect_no_stranding(100000, 10 * MIB);
}

Test(stage06_orphanage, wide_blocks_of_a_sleeping_owner_go_to_who_frees_them) {
    expect_no_stranding(300 << 10, 10 * MIB);
}

Test(stage06_orphanage, several_threads_free_for_a_sleeping_owner) {
    struct helper owner;
    helper_start(&owner);
    for (unsigned round = 0; round < FEWER(30); round++) {
        for (unsigned i = 0; i < FREERS; i++) {
            shares[i] = load_of(4 * MIB, 64, 1);
            helper_do(&owner, allocate, &shares[i]);
        }
        pthread_barrier_init(&ready, NULL, FREERS);
        run_threads(FREERS, free_share, shares, sizeof shares[0]);
        pthread_barrier_destroy(&ready);
        for (unsigned i = 0; i < FREERS; i++) free(shares[i].blocks);
    }
    helper_end(&owner);
    cr_assert_leq(now().mapped_peak_bytes, 32 * MIB, "%zu MiB mapped for rounds of 12 MiB",
                  now().mapped_peak_bytes / MIB);
}

Test(stage06_orphanage, memory_freed_by_a_thread_that_never_allocates_comes_back) {
    struct helper freer;
    helper_start(&freer);
    for (unsigned round = 0; round < SCALED(1000, 40, 500); round++) {
        struct load mine = load_of(4 * MIB, 64, 1);
        allocate(&mine);
        helper_do(&freer, release, &mine);
        free(mine.blocks);
    }
    helper_end(&freer);
    /* What the freer held back when a superpage became its own must not wait there for ever. */
    cr_assert_leq(now().mapped_peak_bytes, 20 * MIB, "%zu MiB mapped for rounds of 4 MiB",
                  now().mapped_peak_bytes / MIB);
}

Test(stage06_orphanage, calloc_of_adopted_memory_is_zero) {
    static const size_t sizes[] = {16, 100, 1024, 32 << 10, 300 << 10};
    for (unsigned i = 0; i < 5; i++) {
        struct load left = load_of(6 * MIB, sizes[i], 1);
        in_thread(allocate_in_thread, &left);
        for (unsigned b = 0; b < left.count; b++) memset(left.blocks[b], 0xff, sizes[i]);
        release_rest(&left);
        struct load mine = load_of(6 * MIB, sizes[i], 1);
        for (unsigned b = 0; b < mine.count; b++) {
            mine.blocks[b] = bitslab_calloc(1, sizes[i]);
            cr_assert(all_zero(mine.blocks[b], sizes[i]), "calloc(1, %zu) of adopted memory",
                      sizes[i]);
        }
        release_rest(&mine);
    }
}

/* A thread that frees what ended threads left behind, and asks for nothing itself. */
#define LEFT_SIZES 6
#define LEFT_EACH 600
static void *left_behind[LEFT_SIZES][LEFT_EACH];

static void *leave_behind(void *unused) {
    static const size_t sizes[LEFT_SIZES] = {16, 100, 1000, 5000, 20000, 70000};
    for (unsigned i = 0; i < LEFT_SIZES; i++)
        for (unsigned k = 0; k < LEFT_EACH; k++) left_behind[i][k] = bitslab_malloc(sizes[i]);
    return unused;
}

static void *clear_away(void *owned) {
    struct bitslab_survey now;
    for (unsigned i = 0; i < LEFT_SIZES; i++)
        for (unsigned k = 0; k < LEFT_EACH; k++) bitslab_free(left_behind[i][k]);
    bitslab_survey(&now);
    *(size_t *)owned = now.superpages_owned;
    return NULL;
}

Test(stage06_orphanage, a_thread_that_only_frees_keeps_no_superpage) {
    size_t owned = 1;
    if (HARDENED) return; /* what is in quarantine keeps its superpage */
    in_thread(leave_behind, NULL);
    in_thread(clear_away, &owned);
    cr_assert_eq(owned, 0, "%zu superpages wait for what their owner may never ask for", owned);
}
