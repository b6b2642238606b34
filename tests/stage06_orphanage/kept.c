/* kept.c -- what a heap keeps because its thread will want it again: superpages that it has handed
 * out whole, bins in magazines that have grown, and wide blocks. And that it keeps no more than it may. */
#include <criterion/criterion.h>
#include <string.h>

#include "support/blocks.h"
#include "support/idle.h"
#include "support/threads.h"

#define BLOCKS_MAX ((unsigned)1 << 20)

static void **blocks;
static uint64_t state = 9;

static void allocate(unsigned count, size_t size) {
    if (blocks == NULL) blocks = array_of(BLOCKS_MAX, sizeof blocks[0]);
    for (unsigned i = 0; i < count; i++) {
        blocks[i] = bitslab_malloc(size);
        cr_assert_not_null(blocks[i]);
    }
}

static void release(unsigned count) {
    for (unsigned i = 0; i < count; i++) bitslab_free(blocks[i]);
}

/* The steady state of a program: one goes, another comes. */
static void replace_at_random(unsigned count, size_t size, unsigned times) {
    for (unsigned i = 0; i < times; i++) {
        unsigned at = (unsigned)random_below(&state, count);
        bitslab_free(blocks[at]);
        blocks[at] = bitslab_malloc(size);
    }
}

static size_t adoptions(void) { return stats_now().superpages_adopted; }

/* The superpages are full, so the thread has let go of them; it takes each back once. */
static size_t taken_back(unsigned mib, size_t size) {
    unsigned count = (unsigned)(mib * MIB / size);
    allocate(count, size);
    size_t before = adoptions();
    replace_at_random(count, size, 30000);
    size_t warm = adoptions();
    replace_at_random(count, size, 30000);
    cr_assert_leq(adoptions(), warm + 2, "%u MiB of %zu bytes: %zu more, after %zu", mib, size,
                  adoptions() - warm, warm - before);
    release(count);
    return warm - before;
}

/* What it learned from one kind, or from a few superpages, serves the next. */
Test(stage06_orphanage, full_superpages_are_taken_back_once) {
    size_t taken = taken_back(4, 16);
    cr_assert_gt(taken, 0, "nothing was let go of");
    for (unsigned mib = 4; mib <= SCALED(12, 6, 12); mib += 2) taken += taken_back(mib, 64);
    taken += taken_back(6, 16);
    cr_assert_leq(taken, 40, "%zu in all, of 7 superpages at most", taken);
}

/* A thread took some back, then it sleeps, and another one frees all that it had. */
#define SPENT_BYTES (SCALED(64, 16, 64) * MIB)
#define SPENT_SIZE 64

static void take_some_back(void *item) {
    unsigned few = *(unsigned *)item;
    unsigned count = (unsigned)(SPENT_BYTES / SPENT_SIZE);
    allocate(count, SPENT_SIZE);
    replace_at_random(count / 32 * few, SPENT_SIZE, 3000 * few);
}

Test(stage06_orphanage, a_sleeping_thread_keeps_as_many_as_it_took_back) {
    struct helper owner;
    unsigned few = 4, count = (unsigned)(SPENT_BYTES / SPENT_SIZE);
    helper_start(&owner);
    helper_do(&owner, take_some_back, &few);
    size_t taken = adoptions(), mapped = stats_now().mapped_bytes;
    release(count);
    allocate(count, SPENT_SIZE);
    cr_assert_leq(stats_now().mapped_bytes, mapped + (taken + 4) * 2 * MIB + QUARANTINE_BYTES,
                  "the sleeper took %zu superpages back", taken);
    release(count);
    helper_end(&owner);
}

/* Bins that wait in caches. */
static size_t held(void) {
    struct bitslab_survey survey;
    bitslab_survey(&survey);
    return survey.bins_held;
}

/* n then free, several times: what has grown holds them all. */
static void rounds_of(unsigned count, size_t size) {
    for (unsigned round = 0; round < 8; round++) {
        allocate(count, size);
        release(count);
    }
}

#if !HARDENED /* checked builds have no magazines */
Test(stage06_orphanage, magazines_grow_with_what_comes_back) {
    static const struct {
        size_t size;
        unsigned count;
    } loads[] = {{16, 900}, {1000, 900}, {5000, 300}, {40 * KIB, 100}, {250 * KIB, 100}};
    for (unsigned i = 0; i < COUNT_OF(loads); i++) {
        allocate(loads[i].count, loads[i].size);
        release(loads[i].count);
        size_t once = held();
        rounds_of(loads[i].count, loads[i].size);
        cr_assert_lt(once, loads[i].count, "%zu bytes: kept before they were wanted again",
                     loads[i].size);
        cr_assert_geq(held() + 64, loads[i].count, "%zu bytes: %zu of %u wait", loads[i].size,
                      held(), loads[i].count);
        bitslab_trim();
    }
}

/* A program whose work changes: what it did before must not keep its magazines small for ever. */
Test(stage06_orphanage, magazines_of_idle_classes_make_room_for_others) {
    enum { COUNT = 3000 };
    for (size_t size = 16; size <= 500; size += size < 128 ? 16 : size / 4) {
        for (unsigned i = 0; i < 4; i++) rounds_of(COUNT, size); /* a refill for each 64 bins */
        size_t full = held();
        allocate(COUNT, size);
        cr_assert_geq(full, held() + COUNT - 64, "%zu bytes: %zu of %u had waited", size,
                      full - held(), COUNT);
        release(COUNT);
    }
}

static void two_kinds(unsigned count, size_t one, size_t other) {
    for (unsigned i = 0; i < 2 * count; i++) {
        size_t *block = blocks[i] = bitslab_malloc(i < count ? one : other);
        block[0] = i;
    }
    for (unsigned i = 0; i < 2 * count; i++) {
        size_t *block = blocks[i];
        cr_assert_eq(block[0], i, "in use twice");
        bitslab_free(block);
    }
}

/* What is in use keeps its magazine, which moves down when one below it makes room. */
Test(stage06_orphanage, magazines_in_use_are_moved_and_hold_what_they_held) {
    enum { COUNT = 3000, MOST = 2000 }; /* more than a magazine of them holds */
    rounds_of(COUNT, 16);
    for (size_t size = 32; size <= 500; size += size < 128 ? 16 : size / 4) {
        for (unsigned i = 0; i < 32; i++) two_kinds(COUNT, 1000, size);
        size_t full = held();
        allocate(COUNT, 1000);
        cr_assert_geq(full, held() + MOST, "beside %zu bytes: %zu had waited", size, full - held());
        release(COUNT);
    }
}
#endif

/* One kind after the other, each with 25 MiB: what waits is bounded, and serves the next kind. */
Test(stage06_orphanage, grown_magazines_hold_a_bounded_amount) {
    size_t most = 0;
    for (size_t size = 72 * KIB; size <= 240 * KIB; size += 40 * KIB) {
        rounds_of((unsigned)(25 * MIB / size), size);
        if (most == 0) most = stats_now().mapped_bytes;
    }
    cr_assert_leq(stats_now().mapped_bytes, most + 8 * MIB + QUARANTINE_BYTES,
                  "%zu KiB more than for one size", (stats_now().mapped_bytes - most) / KIB);
}

/* Five kinds side by side, 75 MiB: there is memory for all, but not room in the magazines. */
Test(stage06_orphanage, all_grown_magazines_share_one_bound) {
    static void *kinds[800];
    for (unsigned round = 0; round < 8; round++) {
        for (unsigned i = 0; i < 800; i++) kinds[i] = bitslab_malloc((64 + 16 * (i % 5)) * KIB);
        for (unsigned i = 0; i < 800; i++) bitslab_free(kinds[i]);
    }
    cr_assert_leq(held(), 400, "%zu of 800 bins wait", held());
}

Test(stage06_orphanage, magazines_that_have_grown_are_given_back_in_time) {
    rounds_of(100, 250 * KIB);
    idle_for_a_while();
    struct bitslab_survey survey;
    bitslab_survey(&survey);
    cr_assert_leq(survey.waiting_bytes, 4 * MIB + QUARANTINE_BYTES, "%zu KiB wait in slabs",
                  survey.waiting_bytes / KIB);
}

/* Before a magazine lies one place more, which free looks at: of the magazines that lay there before,
 * nothing may be left in it. */
Test(stage06_orphanage, magazines_that_grow_anew_know_nothing_of_former_ones) {
    static void *tiny[8192]; /* two slabs */
    rounds_of(COUNT_OF(tiny), 16);
    bitslab_trim();
    for (unsigned i = 0; i < COUNT_OF(tiny); i++) tiny[i] = bitslab_malloc(16);
    for (size_t size = 32; size <= 64; size += 16) rounds_of(900, size);
    for (unsigned i = 0; i < COUNT_OF(tiny); i++) bitslab_free(tiny[i]);
    for (unsigned i = 0; i < COUNT_OF(tiny); i++) tiny[i] = bitslab_malloc(16);
    for (unsigned i = 0; i < COUNT_OF(tiny); i++) { /* its magazine has grown, and is empty */
        bitslab_free(tiny[i]);
        tiny[i] = bitslab_malloc(16);
    }
    for (unsigned i = 0; i < COUNT_OF(tiny); i++) bitslab_free(tiny[i]);
}

static size_t waiting(void) {
    struct bitslab_survey survey;
    bitslab_survey(&survey);
    return survey.waiting_bytes;
}

#if !HARDENED /* checked builds keep none */
Test(stage06_orphanage, a_freed_wide_block_serves_the_next_of_its_size) {
    void *five = bitslab_malloc(300 * KIB), *eleven = bitslab_malloc(700 * KIB);
    void *between = bitslab_malloc(400 * KIB);
    bitslab_free(five);
    bitslab_free(eleven);
    cr_assert_eq(bitslab_malloc(290 * KIB), five, "as many slots");
    cr_assert_eq(bitslab_malloc(704 * KIB - SPARE_BYTES), eleven);
    void *other = bitslab_malloc(300 * KIB);
    cr_assert_neq(other, five, "it is in use again");
    bitslab_free(other);
    bitslab_free(between);
    unsigned char *zero = bitslab_calloc(300, KIB);
    for (size_t i = 0; i < 300 * KIB; i++) cr_assert_eq(zero[i], 0);
    cr_assert_eq((void *)zero, other);
}

Test(stage06_orphanage, kept_wide_blocks_are_bounded) {
    for (unsigned round = 0; round < 3; round++) {
        allocate(40, MIB - SPARE_BYTES);
        memset(blocks[39], 0x5a, MIB - SPARE_BYTES);
        release(40);
        cr_assert_leq(waiting(), 8 * MIB + 256 * KIB, "%zu KiB wait", waiting() / KIB);
        cr_assert_geq(waiting(), 8 * MIB, "%zu KiB wait", waiting() / KIB);
    }
}
#endif

/* Their slots become slabs before the OS is asked. */
Test(stage06_orphanage, kept_wide_blocks_serve_bins) {
    allocate(8, MIB);
    release(8);
    size_t mapped = stats_now().mapped_bytes;
    allocate(12 * (unsigned)MIB / 1024, 1024);
    cr_assert_leq(stats_now().mapped_bytes, mapped + 2 * MIB + QUARANTINE_BYTES, "%zu KiB more",
                  (stats_now().mapped_bytes - mapped) / KIB);
}

Test(stage06_orphanage, kept_wide_blocks_are_given_back_in_time) {
    allocate(8, MIB);
    release(8);
    idle_for_a_while();
    cr_assert_leq(waiting(), MIB + QUARANTINE_BYTES, "%zu KiB wait", waiting() / KIB);
}

/* What a thread keeps is nobody's when it ends. */
static void *keep_some(void *unused) {
    (void)unused;
    void *some[4];
    for (unsigned i = 0; i < 4; i++) some[i] = bitslab_malloc(500 * KIB);
    for (unsigned i = 0; i < 4; i++) bitslab_free(some[i]);
    return NULL;
}

Test(stage06_orphanage, a_thread_that_ends_keeps_no_wide_block) {
    in_thread(keep_some, NULL);
    cr_assert_leq(waiting(), QUARANTINE_BYTES, "%zu KiB wait", waiting() / KIB);
}

/* The owner's last small block fills the superpage, so it lets go of it, and the helper's free takes it.
 * The owner still keeps a block there. */
static void free_the_block(void *block) {
    bitslab_free(bitslab_malloc(100)); /* only a thread with a heap can take a superpage */
    bitslab_free(block);
}

static void allocate_two(void *into) {
    for (unsigned i = 0; i < 2; i++) ((void **)into)[i] = bitslab_malloc(640 * KIB - SPARE_BYTES);
}

Test(stage06_orphanage, a_kept_wide_block_goes_back_to_the_new_owner_of_its_superpage) {
    void *wide[3], *two[2];
    struct helper helper;
    helper_start(&helper);
    for (unsigned i = 0; i < 3; i++) wide[i] = bitslab_malloc(640 * KIB - SPARE_BYTES);
    bitslab_free(wide[0]);
    allocate(3, 20 * KIB - SPARE_BYTES); /* a slab of one slot, the last */
    helper_do(&helper, free_the_block, wide[1]);
    bitslab_trim();
    helper_do(&helper, allocate_two, two);
    if (!HARDENED) { /* there, they have mappings of their own */
        cr_assert_eq(two[0], wide[1], "kept by the helper");
        cr_assert_eq(two[1], wide[0], "kept by the owner, and given back");
    }
    bitslab_free(wide[2]);
    release(3);
    helper_end(&helper);
    struct bitslab_survey survey;
    bitslab_survey(&survey);
}
