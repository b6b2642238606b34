/* meetings.c -- at each step of a call, workers do the same, to the same superpage.
 *
 * Elsewhere the workers do whatever it is their turn to do, and after the first stop they have done
 * it. Here everything is as new before each call, and the call is stopped at one step only.
 */
#include "scenario.h"
#include "superpage.h"

#include <pthread.h>
#include <stdlib.h>

#define MEETINGS_END 800 /* a step; longer calls have no more new instructions */

/* A meeting at each step of a call, made anew each time, until the call has no such step. */
static void meet_everywhere(void (*prepare)(unsigned), void (*call)(unsigned), unsigned stride) {
    ready();
    no_stock = true;
    unsigned at = 1;
    do {
        prepare(at);
        call(at);
        drop(0, 3);
        block_drop(atomic_exchange(&twin, NULL));
    } while (atomic_load(&shared->met) && (at += stride) < MEETINGS_END);
    no_stock = false;
}

/* A superpage without an owner, in the orphanage, or full and therefore not; two blocks of it. */
static void *leave_two(void *argument) {
    unsigned at = *(const unsigned *)argument;
    blocks[0] = block_new(20 * SLAB_BYTES);
    blocks[1] = block_new((at % 4 == 1 ? 5 : 11) * SLAB_BYTES);
    return NULL;
}

static void prepare_orphan(unsigned at) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, leave_two, &at) != 0) abort();
    pthread_join(thread, NULL);
    atomic_store(&twin, blocks[1]);
    blocks[1] = NULL;
}

static void call_free(unsigned at) {
    block_verify(blocks[0]);
    MEET(at, bitslab_free(blocks[0]));
    blocks[0] = NULL;
}

static void call_adopt(unsigned at) {
    MEET(at, blocks[2] = bitslab_malloc(30 * SLAB_BYTES));
    block_stamp(blocks[2], 30 * SLAB_BYTES);
}

static void meet_claims(void) { meet_everywhere(prepare_orphan, call_free, 3); }

static void meet_adoptions(void) { meet_everywhere(prepare_orphan, call_adopt, 12); }

/* The last slots of a superpage are handed out, and at that time a block in it is freed. */
static void prepare_last(unsigned at) {
    (void)at;
    block_drop(block_new(ALL_SLOT_COUNT * SLAB_BYTES));
    atomic_store(&twin, block_new(20 * SLAB_BYTES));
}

static void call_take_last(unsigned at) {
    MEET(at, blocks[2] = bitslab_malloc(11 * SLAB_BYTES));
    block_stamp(blocks[2], 11 * SLAB_BYTES);
}

static void meet_giving_up(void) { meet_everywhere(prepare_last, call_take_last, 5); }

const struct scenario meeting_scenarios[] = {
    {"claims, met at each step", meet_claims},
    {"adoptions, met at each step", meet_adoptions},
    {"giving up, met at each step", meet_giving_up},
    {NULL, NULL},
};
