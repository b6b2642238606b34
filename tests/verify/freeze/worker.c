/* worker.c -- the threads that must get on while another one is frozen.
 *
 * A round is a few operations of every kind that the library has: blocks of the worker's own, the
 * victim's blocks, other workers' blocks, runs of slots, mappings, and a thread that is born,
 * allocates, frees, and ends.
 */
#include <pthread.h>
#include <stdlib.h>

#include "bitslab.h"
#include "blocks.h"
#include "freeze.h"

#define KEPT_COUNT 8   /* blocks that a worker holds from round to round */
#define GIFTS_COUNT 64 /* blocks that wait for the victim */
#define SWAP_COUNT 16

struct worker {
    unsigned number;
    uint32_t random;
    uint32_t round;
    void *kept[KEPT_COUNT];
};

static struct worker workers[WORKER_COUNT];
static pthread_t threads[WORKER_COUNT];
static _Atomic bool ending;

static void doing(const struct worker *worker, const char *what) {
    atomic_store(&shared->worker[worker->number].doing, what);
}

static void done(const struct worker *worker) {
    atomic_fetch_add(&shared->worker[worker->number].operations, 1);
}

static uint32_t draw(struct worker *worker, uint32_t limit) {
    return next_random(&worker->random) % limit;
}

/* Few classes: the more slabs there are, the longer are the victim's walks through all of them. */
static size_t bin_size(struct worker *worker) {
    static const size_t sizes[] = {24, 48, 100, 600, 2000, 9000, 30000, 70000};
    return sizes[draw(worker, sizeof sizes / sizeof *sizes)];
}

static void use_own(struct worker *worker) {
    doing(worker, "malloc and free of its own blocks");
    for (unsigned i = 0; i < 4; i++) {
        void **kept = &worker->kept[draw(worker, KEPT_COUNT)];
        block_drop(*kept);
        *kept = block_new(bin_size(worker));
        done(worker);
    }
    doing(worker, "calloc and realloc");
    size_t size = bin_size(worker);
    void *block = block_stamp(bitslab_calloc(1, size), size);
    done(worker);
    size = bin_size(worker);
    block_drop(block_stamp(bitslab_realloc(block, size), size));
    done(worker);
}

static void free_victims(struct worker *worker, unsigned count) {
    doing(worker, "free of a block of the frozen thread");
    for (unsigned i = 0; i < count; i++) {
        void *block = bag_take(&stock);
        if (block == NULL) return;
        if (block_is_victims(block)) atomic_fetch_add(&shared->victims_blocks, 1);
        block_drop(block);
        done(worker);
    }
}

/* Sizes that a free cannot keep for its own thread: tiny, medium, large, wide. */
static void give(struct worker *worker) {
    static const size_t sizes[] = {16, 32, 48, 16, 48, 700, 8192, 20000, 32, 30000, 200000, 400000};
    doing(worker, "malloc of blocks for others");
    if (bag_count(&gifts) < GIFTS_COUNT)
        bag_put(&gifts, block_new(sizes[draw(worker, sizeof sizes / sizeof *sizes)]));
    if (bag_count(&swap) < SWAP_COUNT) bag_put(&swap, block_new(bin_size(worker)));
    done(worker);
    doing(worker, "free of a block of another worker");
    block_drop(bag_take(&swap));
    done(worker);
}

static void *short_life(void *argument) {
    struct worker self = *(struct worker *)argument;
    block_drop(bag_take(&stock));
    use_own(&self);
    give(&self);
    bag_put(&gifts, block_new(16 + draw(&self, 64)));
    for (unsigned i = 0; i < KEPT_COUNT; i++) block_drop(self.kept[i]);
    return NULL;
}

static void beget(struct worker *worker) {
    struct worker child = {.number = worker->number, .random = next_random(&worker->random)};
    pthread_t thread;
    doing(worker, "a thread that is born and ends");
    if (pthread_create(&thread, NULL, short_life, &child) != 0) abort();
    pthread_join(thread, NULL);
    done(worker);
}

/* What asks the OS takes turns, as it takes longer. */
static void use_large(struct worker *worker) {
    unsigned turn = (worker->round + worker->number * 5) % 16;
    doing(worker, "wide and huge blocks");
    if (turn == 0 || turn == 8) block_drop(block_new(300000 + draw(worker, 1500000)));
    if (turn == 4) block_drop(block_new(2500000 + draw(worker, 3000000)));
    done(worker);
    doing(worker, "trim");
    if (worker->round % 4096 == 1024 * worker->number) bitslab_trim();
    done(worker);
}

/* Where the victim is: in the same superpage, and among the superpages that have no owner. */
static void meet(struct worker *worker) {
    doing(worker, "a free in the superpage that the frozen thread is at");
    block_drop(atomic_exchange(&twin, NULL));
    done(worker);
    doing(worker, "a search for memory where the frozen thread is at");
    block_drop(block_new(1900000));
    done(worker);
}

static void *work(void *argument) {
    struct worker *worker = argument;
    for (;;) {
        worker->round = round_next(worker->round);
        if (atomic_load(&ending)) break;
        if (atomic_load(&shared->meeting) != 0) meet(worker);
        free_victims(worker, 2);
        use_own(worker);
        give(worker);
        bool quiet = atomic_load(&shared->quiet);
        if (!quiet) use_large(worker);
        if (!quiet && worker->round % WORKER_COUNT == worker->number) beget(worker);
        doing(worker, "nothing: its round is finished");
        round_finish();
    }
    for (unsigned i = 0; i < KEPT_COUNT; i++) block_drop(worker->kept[i]);
    round_finish();
    return NULL;
}

void workers_start(void) {
    for (unsigned i = 0; i < WORKER_COUNT; i++) {
        workers[i] = (struct worker){.number = i, .random = 12345 + i};
        if (pthread_create(&threads[i], NULL, work, &workers[i]) != 0) abort();
    }
}

void workers_end(void) {
    atomic_store(&ending, true);
    round_start();
    for (unsigned i = 0; i < WORKER_COUNT; i++) pthread_join(threads[i], NULL);
}
