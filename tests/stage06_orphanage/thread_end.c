/* thread_end.c -- heaps of ended threads, and what threads do while they end. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "bitslab.h"
#include "support/flavour.h"
#include "support/threads.h"

#define THREADS FEWER(1000)
#define MIB ((size_t)1 << 20)

static struct bitslab_stats now(void) {
    struct bitslab_stats stats;
    bitslab_stats(&stats);
    return stats;
}

static void *allocate_and_free(void *item) {
    (void)item;
    void *blocks[100];
    for (unsigned i = 0; i < 100; i++) blocks[i] = bitslab_malloc(i * 40 + 1);
    for (unsigned i = 0; i < 100; i++) bitslab_free(blocks[i]);
    return NULL;
}

Test(stage06_orphanage, threads_that_ended_are_counted) {
    for (unsigned i = 0; i < 20; i++) in_thread(allocate_and_free, NULL);
    cr_assert_eq(now().threads_ended, 20);
}

Test(stage06_orphanage, heaps_of_a_thousand_threads_in_turn_are_reused) {
    for (unsigned i = 0; i < THREADS; i++) in_thread(allocate_and_free, NULL);
    cr_assert_leq(now().heaps, 2, "%zu heaps for one thread at a time", now().heaps);
    cr_assert_leq(now().mapped_peak_bytes, 8 * MIB);
}

static void *free_nothing(void *item) {
    bitslab_free(item);
    return NULL;
}

Test(stage06_orphanage, a_thread_that_never_allocates_has_no_heap) {
    struct bitslab_stats before = now();
    in_thread(free_nothing, NULL);
    cr_assert_eq(now().heaps, before.heaps);
    cr_assert_eq(now().threads_ended, before.threads_ended);
}

static void *block_of_main[100];

static void *only_free(void *item) {
    (void)item;
    for (unsigned i = 0; i < 100; i++) bitslab_free(block_of_main[i]);
    return NULL;
}

Test(stage06_orphanage, threads_that_only_free) {
    static const size_t sizes[] = {16, 64, 1000, 5000, 40000, 300 << 10, 3 << 20};
    for (unsigned round = 0; round < FEWER(210); round++) {
        for (unsigned i = 0; i < 100; i++)
            block_of_main[i] = i < 10 ? bitslab_malloc(sizes[round % 7]) : bitslab_malloc(i);
        in_thread(only_free, NULL);
    }
    cr_assert_leq(now().mapped_peak_bytes, 72 * MIB, "%zu MiB mapped",
                  now().mapped_peak_bytes / MIB);
    cr_assert_leq(now().heaps, 3);
}

static void *free_one(void *item) {
    bitslab_free(bitslab_malloc(100)); /* without a heap it could hold nothing back */
    bitslab_free(item);
    return NULL;
}

Test(stage06_orphanage, frees_that_are_held_back_arrive_when_the_thread_ends) {
    unsigned char *block = bitslab_malloc(16);
    bool again = false;
    in_thread(free_one, block);
    for (unsigned i = 0; i < 10000 && !again; i++) again = bitslab_malloc(16) == block;
    cr_assert(again, "the bin is lost");
}

/* Destructors of keys made after the allocator's run after its own, and up to four rounds of them
 * may follow. */
static pthread_key_t late_keys[3];
static _Atomic unsigned late_calls;

struct late {
    unsigned rounds;
    pthread_key_t key;
    unsigned char *block;
};

static void late(void *item) {
    struct late *me = item;
    late_calls++;
    bitslab_free(me->block);
    for (unsigned i = 0; i < 50; i++) bitslab_free(bitslab_malloc(i * 100));
    me->block = bitslab_calloc(3, 1000);
    me->block = bitslab_realloc(me->block, 70000);
    bitslab_free(bitslab_malloc(400 << 10));
    bitslab_free(bitslab_malloc(3 << 20));
    if (me->rounds-- > 0) {
        pthread_setspecific(me->key, me);
        return;
    }
    bitslab_free(me->block);
    bitslab_free(me);
}

static void *end_with_destructors(void *item) {
    (void)item;
    for (unsigned i = 0; i < 3; i++) {
        struct late *late = bitslab_malloc(sizeof *late);
        *late = (struct late){2, late_keys[i], bitslab_malloc(40)};
        pthread_setspecific(late_keys[i], late);
    }
    return NULL;
}

Test(stage06_orphanage, destructors_of_an_ending_thread_may_allocate_and_free) {
    in_thread(allocate_and_free, NULL); /* our key is made before theirs */
    for (unsigned i = 0; i < 3; i++) pthread_key_create(&late_keys[i], late);
    for (unsigned i = 0; i < THREADS; i++) in_thread(end_with_destructors, NULL);
    cr_assert_eq(late_calls, THREADS * 9);
    cr_assert_leq(now().heaps, 4, "%zu heaps for one thread at a time", now().heaps);
    cr_assert_leq(now().mapped_peak_bytes, 24 * MIB + QUARANTINE_BYTES, "%zu MiB mapped",
                  now().mapped_peak_bytes / MIB);
}

Test(stage06_orphanage, destructors_made_before_ours_may_allocate_and_free) {
    for (unsigned i = 0; i < 3; i++) pthread_key_create(&late_keys[i], late);
    for (unsigned i = 0; i < THREADS; i++) in_thread(end_with_destructors, NULL);
    cr_assert_eq(late_calls, THREADS * 9);
    cr_assert_leq(now().heaps, 4);
    cr_assert_leq(now().mapped_peak_bytes, 24 * MIB + QUARANTINE_BYTES);
}

/* A thread whose first call comes from a destructor. */
static void first_call(void *item) {
    void *block = bitslab_malloc(500);
    bitslab_free(item);
    bitslab_free(block);
}

static void *end_with_first_call(void *item) {
    pthread_setspecific(late_keys[0], item);
    return NULL;
}

Test(stage06_orphanage, a_threads_first_call_may_come_from_a_destructor) {
    pthread_key_create(&late_keys[0], first_call);
    for (unsigned i = 0; i < THREADS; i++) in_thread(end_with_first_call, bitslab_malloc(i + 1));
    cr_assert_leq(now().heaps, 4);
    cr_assert_leq(now().mapped_peak_bytes, 8 * MIB);
}

static pthread_barrier_t together;

static void *end_together(void *item) {
    struct late **left = item;
    *left = bitslab_malloc(sizeof **left);
    pthread_barrier_wait(&together);
    return allocate_and_free(NULL);
}

Test(stage06_orphanage, many_threads_end_at_once) {
    static struct late *left[50];
    for (unsigned round = 0; round < FEWER(40); round++) {
        pthread_barrier_init(&together, NULL, 50);
        run_threads(50, end_together, left, sizeof left[0]);
        pthread_barrier_destroy(&together);
        for (unsigned i = 0; i < 50; i++) bitslab_free(left[i]);
    }
    cr_assert_leq(now().heaps, 52, "%zu heaps for 50 threads at a time", now().heaps);
    cr_assert_leq(now().mapped_peak_bytes, 120 * MIB + 2 * QUARANTINE_BYTES, "%zu MiB mapped",
                  now().mapped_peak_bytes / MIB);
}

/* Then no thread can be told of its end, and none may keep a heap. */
static void use_up_all_keys(void) {
    pthread_key_t key;
    while (pthread_key_create(&key, NULL) == 0) {
    }
}

Test(stage06_orphanage, threads_that_cannot_be_told_of_their_end_leave_nothing) {
    struct bitslab_survey left;
    use_up_all_keys();
    for (unsigned i = 0; i < 20; i++) in_thread(allocate_and_free, NULL);
    void *block = bitslab_malloc(100);
    memset(block, 1, 100);
    in_thread(free_nothing, block);
    bitslab_trim();
    bitslab_survey(&left);
    cr_assert_eq(left.superpages_pooled, left.superpages, "%zu of %zu superpages are in the pool",
                 left.superpages_pooled, left.superpages);
    cr_assert_leq(left.heaps, 2);
}
