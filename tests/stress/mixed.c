/* mixed.c -- four threads, all sizes, and blocks that wander between them.
 *
 * Phases, after well-known benchmarks, but with all contents checked:
 *   replace   each thread replaces random blocks of its own (larson), and ends; a new thread goes
 *             on with its blocks
 *   ring      blocks go round through bounded queues; whoever gets one resizes it and passes it on
 *   pass      two producers, two consumers: all blocks are freed by a stranger
 *   resize    each block's size walks up and down between 1 B and 5 MiB, in an atomic table, by
 *             whichever thread takes it; calloc's zeroes are checked, and aligned blocks
 *
 * Stages: 6
 * Seconds: 6
 * Flavours: default tsan asan
 */
#include <sched.h>

#include "stress.h"

#include "support/threads.h"

#define WORKERS 4
#define OWN_BLOCKS 1000
#define GENERATIONS SCALED(100, 8, 30)
#define REPLACEMENTS SCALED(20000, 2000, 6000)
#define PASSED SCALED(1000000, 20000, 100000)
#define RESIZES SCALED(40000, 3000, 10000)
#define QUEUE 256
#define TABLE 400

static size_t small_size(uint64_t *random) {
    return draw_below(random, 50) == 0 ? MARKED_MIN + draw_below(random, 100 * KIB)
                                       : MARKED_MIN + draw_below(random, 600);
}

/* Sizes evenly spread over the powers of two, from 16 B to 5 MiB. */
static size_t any_size(uint64_t *random) {
    size_t size = draw_below(random, (size_t)1 << (5 + draw_below(random, 19)));
    if (size > 5 * MIB) size = 5 * MIB;
    return size < MARKED_MIN ? MARKED_MIN : size;
}

/* One byte and the like, which have no room for a mark. */
static void tiny_block(uint64_t *random) {
    size_t size = 1 + draw_below(random, MARKED_MIN - 1);
    unsigned char *block = bitslab_malloc(size);
    DEMAND(block != NULL, "no memory");
    memset(block, 0xa5, bitslab_usable_size(block));
    bitslab_free(block);
}

struct worker {
    unsigned number;
    uint64_t random;
    struct marked *own[OWN_BLOCKS];
};

static struct worker workers[WORKERS];

static void *replace(void *item) {
    struct worker *me = item;
    for (unsigned i = 0; i < REPLACEMENTS; i++) {
        struct marked **block = &me->own[draw_below(&me->random, OWN_BLOCKS)];
        end_marked(*block, "replace");
        *block = new_marked(small_size(&me->random), draw(&me->random));
        if (i % 16 == 0) tiny_block(&me->random);
    }
    return NULL;
}

static void replace_phase(void) {
    for (unsigned generation = 0; generation < GENERATIONS; generation++)
        run_threads(WORKERS, replace, workers, sizeof workers[0]);
    for (unsigned i = 0; i < WORKERS; i++)
        for (unsigned j = 0; j < OWN_BLOCKS; j++) end_marked(workers[i].own[j], "replace");
}

/* A queue of one producer and one consumer. */
static struct queue { _Alignas(64) _Atomic(struct marked *) slots[QUEUE]; } queues[WORKERS];

static void put(struct queue *queue, size_t turn, struct marked *block) {
    _Atomic(struct marked *) *slot = &queue->slots[turn % QUEUE];
    while (atomic_load_explicit(slot, memory_order_acquire) != NULL) sched_yield();
    atomic_store_explicit(slot, block, memory_order_release);
}

static struct marked *take(struct queue *queue, size_t turn) {
    _Atomic(struct marked *) *slot = &queue->slots[turn % QUEUE];
    struct marked *block;
    while ((block = atomic_load_explicit(slot, memory_order_acquire)) == NULL) sched_yield();
    atomic_store_explicit(slot, NULL, memory_order_release);
    return block;
}

/* Resize as a stranger; what both sizes have in common is kept. */
static struct marked *resized(struct marked *block, size_t size, uint64_t seed) {
    size_t before = block->size, kept = before < size ? before : size;
    check_mark(block, before, "before realloc");
    block = bitslab_realloc(block, size);
    DEMAND(block != NULL, "realloc to %zu gave NULL", size);
    for (size_t i = 0; i < words_of(kept); i += step_of(words_of(before)))
        DEMAND(block->words[i] == (i ^ block->seed), "realloc from %zu to %zu lost word %zu",
               before, size, i);
    mark(block, size, seed);
    return block;
}

static void *ring(void *item) {
    struct worker *me = item;
    struct queue *from = &queues[me->number], *to = &queues[(me->number + 1) % WORKERS];
    size_t put_turn = 0, take_turn = 0;
    for (unsigned i = 0; i < QUEUE / 2; i++)
        put(to, put_turn++, new_marked(small_size(&me->random), i));
    for (unsigned i = 0; i < PASSED / 4; i++) {
        struct marked *block = take(from, take_turn++);
        if (i % 4 == 0) {
            end_marked(block, "ring");
            block = new_marked(small_size(&me->random), i);
        } else {
            block = resized(block, small_size(&me->random), i);
        }
        put(to, put_turn++, block);
    }
    for (unsigned i = 0; i < QUEUE / 2; i++) end_marked(take(from, take_turn++), "ring");
    return NULL;
}

static void *pass(void *item) {
    struct worker *me = item;
    struct queue *queue = &queues[me->number / 2];
    for (size_t i = 0; i < PASSED; i++)
        if (me->number % 2 == 0) put(queue, i, new_marked(small_size(&me->random), i));
        else end_marked(take(queue, i), "pass");
    return NULL;
}

static _Atomic(struct marked *) table[TABLE];

static struct marked *fresh(size_t size, uint64_t *random) {
    if (draw_below(random, 3) == 0) {
        size_t align = (size_t)16 << draw_below(random, 13);
        struct marked *block = bitslab_aligned_alloc(align, size);
        DEMAND(block != NULL && (uintptr_t)block % align == 0, "aligned_alloc(%zu, %zu) gave %p",
               align, size, (void *)block);
        mark(block, size, draw(random));
        return block;
    }
    unsigned char *bytes = bitslab_calloc(1, size);
    DEMAND(bytes != NULL, "calloc gave NULL");
    for (size_t i = 0; i<size; i += size> 64 * KIB ? 61 : 1)
        DEMAND(bytes[i] == 0, "byte %zu of calloc(1, %zu) is %u", i, size, bytes[i]);
    DEMAND(bytes[size - 1] == 0, "the last byte of calloc(1, %zu) is not zero", size);
    mark((struct marked *)bytes, size, draw(random));
    return (struct marked *)bytes;
}

static void *resize(void *item) {
    struct worker *me = item;
    for (unsigned i = 0; i < RESIZES; i++) {
        _Atomic(struct marked *) *slot = &table[draw_below(&me->random, TABLE)];
        struct marked *block = atomic_exchange_explicit(slot, NULL, memory_order_acq_rel);
        size_t size = any_size(&me->random);
        if (size > 256 * KIB && i % 8 != 0) size /= 64;
        if (block == NULL) block = fresh(size, &me->random);
        else block = resized(block, size, draw(&me->random));
        end_marked(atomic_exchange_explicit(slot, block, memory_order_acq_rel), "resize");
    }
    return NULL;
}

static double timed(void *(*work)(void *)) {
    double start = clock_seconds();
    run_threads(WORKERS, work, workers, sizeof workers[0]);
    return clock_seconds() - start;
}

int main(void) {
    double start = clock_seconds();
    for (unsigned i = 0; i < WORKERS; i++) {
        workers[i].number = i;
        workers[i].random = seeded(i);
    }
    replace_phase();
    double replaced = clock_seconds() - start;
    double ringed = timed(ring), passed = timed(pass), resizing = timed(resize);
    for (unsigned i = 0; i < TABLE; i++) end_marked(table[i], "resize");
    struct bitslab_stats stats;
    bitslab_stats(&stats);
    DEMAND(stats.huge_blocks == 0, "%zu huge blocks are left", stats.huge_blocks);
    DEMAND(stats.mapped_peak_bytes < 1024 * MIB, "%.0f MiB were mapped at the peak",
           mib(stats.mapped_peak_bytes));
    printf("replace %.1f s, ring %.1f s, pass %.1f s, resize %.1f s; peak %.0f MiB mapped, %.0f at "
           "the end\n",
           replaced, ringed, passed, resizing, mib(stats.mapped_peak_bytes),
           mib(stats.mapped_bytes));
    return 0;
}
