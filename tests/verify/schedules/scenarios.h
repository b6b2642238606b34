/* scenarios.h -- what is explored, and what the scenarios share. */
#ifndef SCENARIOS_H
#define SCENARIOS_H

#include "explore.h"

/** All of them; the last is NULL. */
extern const struct scenario *const scenarios[];

/** For as_thread: gets a heap, and leaves it behind for the next thread. */
void come_and_go(void);

/** Where a block is, as far as the allocator's maps tell. */
enum whereabouts { LIVE, FREE, REMOTE, HELD };
enum whereabouts where_is(const void *block);

/** Every freed bin that is still in a remote map is announced, unless its freer was stopped. */
void announced(const void *block);

/** All invariants of the whole heap (stage 6). */
void whole(void);

#endif
