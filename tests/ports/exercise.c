/* exercise.c -- the whole library on an OS where the test suites cannot run: generations of threads
 * that allocate, hand blocks to each other, free and end.
 *
 * Every block knows its size and has a pattern, looked at before it is freed or resized. What is
 * mapped must not grow from one generation to the next.
 */
#include <stdatomic.h>
#include <stdint.h>

#include "bitslab.h"
#include "world.h"

#define THREADS 4
#define GENERATIONS 12
#define SETTLED 4 /* generations after which no more memory may be needed */
#define STEPS 6000
#define BOXES 512

struct block {
    size_t size;
    unsigned char bytes[];
};

static _Atomic(struct block *) boxes[BOXES];
static atomic_uint seeds;

static _Noreturn void not_so(const char *what) {
    world_print("exercise: not so: "), world_print(what), world_print("\n");
    world_exit(1);
}

#define MUST(condition) ((condition) ? (void)0 : not_so(#condition))

static unsigned next(unsigned *state) {
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/* Mostly small, sometimes a run of slots, seldom a mapping of its own. */
static size_t some_size(unsigned *state) {
    unsigned kind = next(state) % 500;
    if (kind == 0) return sizeof(struct block) + (size_t)(next(state) % (3 << 20));
    if (kind < 10) return sizeof(struct block) + next(state) % (300 << 10);
    return sizeof(struct block) + next(state) % (kind < 100 ? 8192 : 300);
}

static void fill(struct block *block, size_t size) {
    block->size = size;
    for (size_t at = 0; at < size - sizeof *block; at += 61)
        block->bytes[at] = (unsigned char)(size + at);
}

/* The pattern of a block of a size, or the beginning of it. */
static void look_at(const struct block *block, size_t size, size_t until) {
    for (size_t at = 0; at < until - sizeof *block; at += 61)
        MUST(block->bytes[at] == (unsigned char)(size + at));
}

static struct block *make(unsigned *state) {
    size_t size = some_size(state);
    struct block *block;
    switch (next(state) % 4) {
    case 0:
        block = bitslab_calloc(1, size);
        for (size_t at = 0; block != NULL && at < size; at++) MUST(((char *)block)[at] == 0);
        break;
    case 1: block = bitslab_aligned_alloc((size_t)16 << next(state) % 9, size); break;
    default: block = bitslab_malloc(size);
    }
    MUST(block != NULL && bitslab_usable_size(block) >= size);
    fill(block, size);
    return block;
}

static struct block *change(struct block *block, unsigned *state) {
    size_t old = block->size, size = some_size(state);
    block = bitslab_realloc(block, size);
    MUST(block != NULL);
    look_at(block, old, old < size ? old : size);
    fill(block, size);
    return block;
}

static void work(void *argument) {
    (void)argument;
    unsigned state = atomic_fetch_add(&seeds, 1) * 2654435761u;
    for (unsigned step = 0; step < STEPS; step++) {
        struct block *mine = step % 8 == 0 ? NULL : make(&state);
        struct block *got = atomic_exchange(&boxes[next(&state) % BOXES], mine);
        if (got == NULL) continue;
        look_at(got, got->size, got->size);
        if (next(&state) % 8 == 0) got = change(got, &state);
        bitslab_free(got);
    }
}

static void empty_boxes(void) {
    for (unsigned i = 0; i < BOXES; i++) bitslab_free(atomic_exchange(&boxes[i], NULL));
    bitslab_trim();
}

static void failures(void) {
    world_set_error(0);
    MUST(bitslab_malloc(PTRDIFF_MAX) == NULL && world_error() != 0);
    MUST(bitslab_calloc(SIZE_MAX / 2, 3) == NULL);
    world_set_error(0);
    MUST(bitslab_aligned_alloc(48, 100) == NULL && world_error() != 0);
}

int main(void) {
    struct bitslab_stats stats;
    size_t settled = 0;
    bool threads = true;
    for (unsigned generation = 0; generation < GENERATIONS; generation++) {
        threads = world_threads(work, NULL, THREADS);
        if (!threads) work(NULL);
        if (generation % 2 != 0) empty_boxes();
        bitslab_stats(&stats);
        if (generation == SETTLED) settled = stats.mapped_peak_bytes;
    }
    failures();
    bitslab_stats(&stats);
    MUST(!threads || stats.threads_ended == THREADS * GENERATIONS);
    MUST(stats.mapped_peak_bytes <= settled + settled / 2);
    MUST(stats.huge_blocks == 0);
    MUST(!threads || stats.superpages_purged > 0); /* wasm cannot purge */
    world_print(threads ? "48 threads in 12 generations" : "12 rounds without threads");
    world_print(", every block as it was left\n");
    return 0;
}
