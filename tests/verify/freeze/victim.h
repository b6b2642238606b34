/* victim.h -- calls that are watched. */
#ifndef VICTIM_H
#define VICTIM_H

#include "bitslab.h"
#include "blocks.h"
#include "freeze.h"
#include "outside.h"

/** Single-step a call. */
#define WATCH(call)    \
    do {               \
        ready();       \
        watch_begin(); \
        call;          \
        watch_end();   \
    } while (0)

/** Single-step a call, and stop nowhere but at one step, where workers meet it. */
#define MEET(at, call)                                               \
    do {                                                             \
        atomic_store(&shared->meeting, at);                          \
        watch_begin();                                               \
        call;                                                        \
        watch_end();                                                 \
        atomic_store(&shared->met, atomic_load(&shared->step) > at); \
        atomic_store(&shared->meeting, 0);                           \
    } while (0)

/** Before a call is watched: see to it that the workers have blocks of this thread to free. */
void ready(void);

/** Don't: those blocks would be made, or would lie, where they disturb what is watched. */
extern _Thread_local bool no_stock;

/** Allocate, watched. */
void *watched_new(size_t size);

/** Free, watched. NULL is skipped. */
void watched_drop(void *block);

/** Free a block of another thread: stopped at each instruction each time. */
void watched_remote_drop(void *block);

/** A number below limit, by chance. */
uint32_t chance(uint32_t limit);

#endif
