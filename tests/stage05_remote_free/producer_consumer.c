/* producer_consumer.c -- one thread allocates, others free, and memory stays bounded. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "bitslab.h"
#include "support/flavour.h"
#include "support/threads.h"

#define BATCH_BYTES ((size_t)4 << 20)
#define ROUNDS FEWER(100)

struct batch {
    size_t size;
    unsigned count;
    void **blocks;
};

static void free_batch(void *item) {
    struct batch *batch = item;
    for (unsigned i = 0; i < batch->count; i++) bitslab_free(batch->blocks[i]);
}

/* Mapped at the end of many rounds of 4 MiB each, which the one allocates and the other frees. */
static size_t mapped_after_rounds(size_t size) {
    struct batch batch = {.size = size, .count = (unsigned)(BATCH_BYTES / size)};
    struct helper consumer;
    struct bitslab_stats stats;
    batch.blocks = calloc(batch.count, sizeof batch.blocks[0]);
    helper_start(&consumer);
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < batch.count; i++) {
            batch.blocks[i] = bitslab_malloc(size);
            cr_assert_not_null(batch.blocks[i]);
            *(char *)batch.blocks[i] = 1;
        }
        helper_do(&consumer, free_batch, &batch);
    }
    helper_end(&consumer);
    bitslab_stats(&stats);
    free(batch.blocks);
    return stats.mapped_peak_bytes;
}

static void expect_bounded(size_t size) {
    size_t mapped = mapped_after_rounds(size);
    cr_assert_leq(mapped, 4 * BATCH_BYTES + QUARANTINE_BYTES,
                  "%zu bytes mapped for batches of 4 MiB of %zu-byte blocks, freed by another "
                  "thread (book ch. 5)",
                  mapped, size);
}

Test(stage05_remote_free, memory_is_bounded_when_another_thread_frees_16_bytes) {
    expect_bounded(16);
}
Test(stage05_remote_free, memory_is_bounded_when_another_thread_frees_64_bytes) {
    expect_bounded(64);
}
Test(stage05_remote_free, memory_is_bounded_when_another_thread_frees_1_kib) {
    expect_bounded(1 << 10);
}
Test(stage05_remote_free, memory_is_bounded_when_another_thread_frees_32_kib) {
    expect_bounded(32 << 10);
}
Test(stage05_remote_free, memory_is_bounded_when_another_thread_frees_300_kib) {
    expect_bounded(300 << 10);
}
Test(stage05_remote_free, memory_is_bounded_when_another_thread_frees_3_mib) {
    expect_bounded(3 << 20);
}

/* The same without taking turns: blocks go through a ring of slots, one ring for each consumer. */
#define CONSUMERS 2
#define RING_SLOTS 512
#define PASSED FEWER(200000)

struct ring {
    _Atomic(unsigned char *) slots[RING_SLOTS];
    size_t bad;
};

static struct ring rings[CONSUMERS];
static const size_t mixed[] = {16, 24, 64, 100, 400, 1024, 3000};
#define MIXED_COUNT (sizeof mixed / sizeof mixed[0])

/* Blocks carry their number in their first and last byte. */
static void *consume(void *item) {
    struct ring *ring = item;
    for (unsigned i = 0; i < PASSED; i++) {
        unsigned char *block;
        while ((block = atomic_exchange(&ring->slots[i % RING_SLOTS], NULL)) == NULL) sched_yield();
        ring->bad += block[0] != (i & 0xff) || block[mixed[i % MIXED_COUNT] - 1] != (i & 0xff);
        bitslab_free(block);
    }
    return NULL;
}

static void produce(struct ring *ring, unsigned i) {
    size_t size = mixed[i % MIXED_COUNT];
    unsigned char *block = bitslab_malloc(size);
    unsigned char *none = NULL;
    memset(block, (int)(i & 0xff), size);
    while (!atomic_compare_exchange_strong(&ring->slots[i % RING_SLOTS], &none, block)) {
        none = NULL;
        sched_yield();
    }
}

Test(stage05_remote_free, producer_and_consumers_run_at_once) {
    pthread_t consumers[CONSUMERS];
    struct bitslab_stats stats;
    size_t bad = 0;
    for (unsigned c = 0; c < CONSUMERS; c++) consumers[c] = start_thread(consume, &rings[c]);
    for (unsigned i = 0; i < PASSED; i++)
        for (unsigned c = 0; c < CONSUMERS; c++) produce(&rings[c], i);
    for (unsigned c = 0; c < CONSUMERS; c++) {
        pthread_join(consumers[c], NULL);
        bad += rings[c].bad;
    }
    bitslab_stats(&stats);
    cr_assert_eq(bad, 0, "%zu blocks were overwritten on their way", bad);
    /* 256 MB pass through; at most 1,024 blocks of up to 3 KB are on their way. */
    cr_assert_leq(stats.mapped_peak_bytes, (size_t)24 << 20, "%zu bytes mapped",
                  stats.mapped_peak_bytes);
}

/* All threads free what their neighbour allocated, all the time. */
#define WORKERS 4

struct worker {
    unsigned number;
    unsigned *seed;
    size_t bad;
};

static _Atomic(unsigned char *) shared[1024];

static void *swap_blocks(void *item) {
    struct worker *me = item;
    unsigned seed = me->number * 7919 + 1;
    for (unsigned i = 0; i < FEWER(200000); i++) {
        seed = seed * 1664525 + 1013904223;
        size_t size = 16 + (seed >> 8) % 2000;
        unsigned char *mine = bitslab_malloc(size);
        mine[0] = (unsigned char)size;
        mine[size - 1] = (unsigned char)size;
        memcpy(mine + 1, &size, 8);
        unsigned char *other = atomic_exchange(&shared[(seed >> 20) % 1024], mine);
        if (other == NULL) continue;
        memcpy(&size, other + 1, 8);
        me->bad += size > 2016 || other[0] != (unsigned char)size || other[size - 1] != other[0];
        bitslab_free(other);
    }
    return NULL;
}

Test(stage05_remote_free, threads_free_each_others_blocks_at_once) {
    static struct worker workers[WORKERS];
    struct bitslab_stats stats;
    for (unsigned i = 0; i < WORKERS; i++) workers[i].number = i;
    run_threads(WORKERS, swap_blocks, workers, sizeof workers[0]);
    bitslab_stats(&stats);
    for (unsigned i = 0; i < WORKERS; i++) cr_assert_eq(workers[i].bad, 0);
    cr_assert_leq(stats.mapped_peak_bytes, (size_t)48 << 20, "%zu bytes mapped for 1 MB of blocks",
                  stats.mapped_peak_bytes);
}
