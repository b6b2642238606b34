/* thread_churn.c -- short-lived threads which free each other's blocks.
 *
 * A few dozen threads are alive at a time. Each puts blocks into an atomic table and frees what it
 * finds there, so nearly every block is freed by a stranger, often while its owner ends or after.
 * Blocks stay intact, the memory mapped is bounded, and heaps are used again.
 *
 * Stages: 6
 * Seconds: 9
 * Flavours: default tsan asan key
 */
#include "stress.h"
#include "support/threads.h"

#define THREADS SCALED(100000, 2500, 10000)
#define ALIVE 32
#define SLOTS 2048
#define HUGE_SLOTS 4
#define BLOCKS_PER_THREAD 24

static _Atomic(struct marked *) table[SLOTS];
static _Atomic(struct marked *) huge_table[HUGE_SLOTS];
static atomic_ullong strangers, total;

/* Mostly small; one in 40 is wide (over 64 KiB). */
static size_t size_for(uint64_t *random) {
    switch (draw_below(random, 40)) {
    case 0: return 64 * KIB + draw_below(random, 600 * KIB);
    case 1:
    case 2:
    case 3: return 2 * KIB + draw_below(random, 60 * KIB);
    default: return MARKED_MIN + draw_below(random, 1500);
    }
}

static void swap_into(_Atomic(struct marked *) *slot, struct marked *block, uint64_t mine) {
    struct marked *old = atomic_exchange_explicit(slot, block, memory_order_acq_rel);
    if (old == NULL) return;
    atomic_fetch_add_explicit(&total, 1, memory_order_relaxed);
    if (old->seed != mine) atomic_fetch_add_explicit(&strangers, 1, memory_order_relaxed);
    end_marked(old, "thread_churn");
}

static void *short_life(void *item) {
    uint64_t number = (uintptr_t)item, random = seeded(number);
    struct marked *kept[4];
    for (unsigned i = 0; i < 4; i++) kept[i] = new_marked(size_for(&random), number);
    for (unsigned i = 0; i < BLOCKS_PER_THREAD; i++)
        swap_into(&table[draw_below(&random, SLOTS)], new_marked(size_for(&random), number),
                  number);
    if (number % 64 == 0)
        swap_into(&huge_table[draw_below(&random, HUGE_SLOTS)],
                  new_marked(2 * MIB + draw_below(&random, 3 * MIB), number), number);
    for (unsigned i = 0; i < 4; i++) end_marked(kept[i], "kept");
    return NULL;
}

int main(void) {
    static pthread_t alive[ALIVE];
    double start = clock_seconds();
    size_t peak_early = 0;
    struct bitslab_stats stats;
    for (uintptr_t i = 0; i < THREADS + ALIVE; i++) {
        if (i >= ALIVE) pthread_join(alive[i % ALIVE], NULL);
        if (i < THREADS) alive[i % ALIVE] = start_thread(short_life, (void *)i);
        bitslab_stats(&stats);
        if (i == THREADS / 4) peak_early = stats.mapped_peak_bytes;
        /* 100,000 threads that leaked a slab each would map 6 GiB. */
        DEMAND(stats.mapped_bytes < 384 * MIB, "%.0f MiB are mapped after %zu threads",
               mib(stats.mapped_bytes), (size_t)i);
    }
    DEMAND(stats.heaps <= 3 * ALIVE, "%zu heaps were made for %d threads at a time", stats.heaps,
           ALIVE);
    DEMAND(stats.mapped_peak_bytes <= peak_early + peak_early / 2 + 32 * MIB,
           "the peak rose from %.0f MiB in the first quarter to %.0f MiB", mib(peak_early),
           mib(stats.mapped_peak_bytes));
    for (unsigned i = 0; i < SLOTS; i++) swap_into(&table[i], NULL, 0);
    for (unsigned i = 0; i < HUGE_SLOTS; i++) swap_into(&huge_table[i], NULL, 0);
    DEMAND(strangers > total / 2, "only %llu of %llu frees were a stranger's", strangers, total);
    bitslab_trim();
    bitslab_stats(&stats);
    DEMAND(stats.huge_blocks == 0, "%zu huge blocks are left", stats.huge_blocks);
    printf("%d threads, %llu frees by strangers, peak %.0f MiB mapped (%.0f in the first quarter), "
           "%.1f left, %zu heaps, %zu superpages adopted, %.1f s\n",
           THREADS, strangers, mib(stats.mapped_peak_bytes), mib(peak_early),
           mib(stats.mapped_bytes), stats.heaps, stats.superpages_adopted, clock_seconds() - start);
    return 0;
}
