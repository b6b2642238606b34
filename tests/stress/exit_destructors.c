/* exit_destructors.c -- malloc and free in the destructors of a thread's keys.
 *
 * Some keys are made before the first allocation, hence before the allocator's own key, and some
 * after it; their destructors run before and after it too. Each destructor frees its block,
 * allocates others, and arms itself again for up to four rounds, the most that POSIX promises.
 * Frees of a thread that is as good as gone are the hardest case of thread exit. Nothing leaks.
 *
 * Stages: 6
 * Seconds: 3
 * Flavours: default tsan asan key
 */
#include "stress.h"
#include "support/threads.h"

#define THREADS SCALED(10000, 500, 2000)
#define ALIVE 16
#define ROUNDS SCALED(4, 3, 4) /* in the last round ThreadSanitizer's own state is gone */
#define KEYS 6                 /* the first half is made before the first allocation */

static pthread_key_t keys[KEYS];
static _Atomic(struct marked *) left_over[64];
static atomic_ullong calls, in_round[8];

struct item {
    struct marked *block;
    unsigned key, round;
};

static void destroy(void *value) {
    struct item *item = value;
    struct marked *more[8];
    uint64_t random = seeded((uintptr_t)value ^ item->round);
    atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&in_round[item->round], 1, memory_order_relaxed);
    end_marked(item->block, "destructor");
    item->block = NULL;
    for (unsigned i = 0; i < 8; i++)
        more[i] = new_marked(MARKED_MIN + draw_below(&random, i == 0 ? 100 * KIB : 800), i);
    /* One block goes to a thread that may end long after; the others are freed here. */
    more[7] = atomic_exchange_explicit(&left_over[draw_below(&random, 64)], more[7],
                                       memory_order_acq_rel);
    for (unsigned i = 1; i < 8; i++) end_marked(more[i], "in a destructor");
    if (++item->round < ROUNDS) {
        item->block = more[0];
        pthread_setspecific(keys[item->key], item);
        return;
    }
    end_marked(more[0], "last");
    bitslab_free(item);
}

static void *arm(void *number) {
    for (unsigned key = 0; key < KEYS; key++) {
        if (((uintptr_t)number + key) % 3 == 0) continue;
        struct item *item = bitslab_malloc(sizeof *item);
        DEMAND(item != NULL, "no memory");
        *item = (struct item){new_marked(MARKED_MIN + 100 * key, key), key, 0};
        pthread_setspecific(keys[key], item);
    }
    return NULL;
}

/* A thread whose first allocation of all happens in a destructor. */
static pthread_key_t late_key;
static void allocate_late(void *value) {
    (void)value;
    end_marked(new_marked(200, 1), "late");
}

static void *arm_late(void *number) {
    pthread_setspecific(late_key, number);
    return NULL;
}

int main(void) {
    static pthread_t alive[ALIVE];
    struct bitslab_stats stats;
    size_t early = 0;
    double start = clock_seconds();
    DEMAND(pthread_key_create(&late_key, allocate_late) == 0, "no key");
    for (unsigned i = 0; i < KEYS; i++) {
        if (i == KEYS / 2) end_marked(new_marked(100, 0), "first");
        DEMAND(pthread_key_create(&keys[i], destroy) == 0, "no key");
    }
    for (uintptr_t i = 0; i < THREADS + ALIVE; i++) {
        if (i >= ALIVE) pthread_join(alive[i % ALIVE], NULL);
        if (i < THREADS)
            alive[i % ALIVE] = start_thread(i % 4 == 3 ? arm_late : arm, (void *)(i + 1));
        if (i == THREADS / 4) early = mapped_bytes();
    }
    bitslab_stats(&stats);
    for (unsigned i = 0; i < ROUNDS; i++)
        DEMAND(in_round[i] == in_round[0], "%llu destructors ran in round %u, %llu in round 0",
               (unsigned long long)in_round[i], i, (unsigned long long)in_round[0]);
    /* 16 threads need a superpage or two each, and far less if they take turns. */
    DEMAND(stats.mapped_bytes <= early + 16 * MIB && stats.mapped_bytes < 96 * MIB,
           "%.0f MiB were mapped after a quarter, %.0f at the end", mib(early),
           mib(stats.mapped_bytes));
    DEMAND(stats.heaps <= 4 * ALIVE, "%zu heaps were made for %d threads at a time", stats.heaps,
           ALIVE);
    for (unsigned i = 0; i < 64; i++) end_marked(left_over[i], "left over");
    printf("%d threads, %llu destructor calls, %.0f MiB mapped (%.0f after a quarter), %zu heaps, "
           "%zu threads ended, %.1f s\n",
           THREADS, (unsigned long long)calls, mib(stats.mapped_bytes), mib(early), stats.heaps,
           stats.threads_ended, clock_seconds() - start);
    return 0;
}
