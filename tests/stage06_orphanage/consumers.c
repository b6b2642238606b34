/* consumers.c -- several threads free what one allocates, and do nothing else: none of them may keep
 * so much, nor for so long, that the memory does not come back. */
#include <criterion/criterion.h>

#include "bitslab.h"
#include "support/flavour.h"
#include "support/threads.h"

#define CONSUMERS 3
#define BLOCKS 4096
#define BLOCK_BYTES 512
#define ROUNDS FEWER(100)

static void *batches[CONSUMERS][BLOCKS];

static void free_batch(void *item) {
    void **batch = item;
    for (unsigned i = 0; i < BLOCKS; i++) bitslab_free(batch[i]);
}

/* 256 KiB for each consumer in turn. */
static void allocate(void) {
    for (unsigned i = 0; i < CONSUMERS * BLOCKS; i++) {
        unsigned consumer = i / 512 % CONSUMERS;
        void **block = &batches[consumer][i / (512 * CONSUMERS) * 512 + i % 512];
        *block = bitslab_malloc(BLOCK_BYTES);
        cr_assert_not_null(*block);
    }
}

/* 6 MiB are out at a time, 600 MiB pass through; each superpage is freed by all consumers. */
Test(stage06_orphanage, threads_that_only_free_keep_little) {
    struct helper consumers[CONSUMERS];
    struct bitslab_stats stats;
    for (unsigned c = 0; c < CONSUMERS; c++) helper_start(&consumers[c]);
    for (unsigned round = 0; round < ROUNDS; round++) {
        allocate();
        for (unsigned c = 0; c < CONSUMERS; c++) helper_do(&consumers[c], free_batch, batches[c]);
    }
    bitslab_stats(&stats);
    for (unsigned c = 0; c < CONSUMERS; c++) helper_end(&consumers[c]);
    cr_assert_leq(stats.mapped_peak_bytes, ((size_t)20 << 20) + QUARANTINE_BYTES,
                  "%zu bytes mapped, of which 6 MiB were ever out at a time",
                  stats.mapped_peak_bytes);
}
