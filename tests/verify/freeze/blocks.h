/* blocks.h -- blocks that know what they should contain, and bags to pass them on in. */
#ifndef BLOCKS_H
#define BLOCKS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BAG_COUNT 4096

/** Holds blocks for whoever wants one. Putting and taking never wait. */
struct bag {
    _Atomic uint32_t in, out;
    _Atomic(void *) slots[BAG_COUNT];
};

/** Put a block. One that finds no room is freed. */
void bag_put(struct bag *bag, void *block);

/** Take a block; NULL: the bag seems to be empty. */
void *bag_take(struct bag *bag);

/** Blocks in it, about. */
unsigned bag_count(struct bag *bag);

/** Free everything in it. */
void bag_empty(struct bag *bag);

/** Allocate a block of at least 16 bytes and write into it whose it is; NULL stays NULL. */
void *block_new(size_t size);
void *block_stamp(void *block, size_t size);

/** End the process if somebody else has written into the block; its size. */
size_t block_verify(const void *block);

/** Verify and free. */
void block_drop(void *block);

/** The next of a sequence of numbers that looks random. */
uint32_t next_random(uint32_t *state);

extern struct bag stock; /* the victim's, for the workers to free   */
extern struct bag gifts; /* the workers', for the victim to free    */
extern struct bag swap;  /* from worker to worker                   */
extern struct bag apart; /* an idle thread's, no two of one word    */

/** For the worker that comes first to the next meeting. */
extern _Atomic(void *) twin;

/** The heap of the victim; NULL: unknown, or it has none. */
extern _Atomic(struct heap *) victims_heap;

/** The heap that owns a block's superpage; NULL: none. */
struct heap *block_owner(const void *block);

/** Whether that is the victim's. */
bool block_is_victims(const void *block);

#endif
