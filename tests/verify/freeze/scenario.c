/* scenario.c -- what scenarios share, and the list of all. */
#include "scenario.h"

#include <pthread.h>
#include <stdlib.h>

void *blocks[BLOCKS_COUNT];

void fill(unsigned count, size_t size) {
    for (unsigned i = 0; i < count; i++) blocks[i] = block_new(size);
}

void drop(unsigned from, unsigned to) {
    for (unsigned i = from; i < to; i++) {
        block_drop(blocks[i]);
        blocks[i] = NULL;
    }
}

void watched_drop_range(unsigned from, unsigned to) {
    for (unsigned i = from; i < to; i++) {
        watched_drop(blocks[i]);
        blocks[i] = NULL;
    }
}

/* A thread that allocates and ends: what it had is nobody's. */
struct donor {
    unsigned count;
    size_t size;
};

static void *donate(void *argument) {
    const struct donor *donor = argument;
    fill(donor->count, donor->size);
    return NULL;
}

void donor_ends(unsigned count, size_t size) {
    struct donor donor = {count, size};
    pthread_t thread;
    if (pthread_create(&thread, NULL, donate, &donor) != 0) abort();
    pthread_join(thread, NULL);
}

const struct scenario *const all_scenarios[] = {
    limit_scenarios,   own_scenarios, other_scenarios, large_scenarios, misuse_scenarios,
    meeting_scenarios, NULL,
};
