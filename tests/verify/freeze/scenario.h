/* scenario.h -- what a victim is frozen in: every path of the library, one idea each.
 *
 * What only prepares a path runs at full speed; a step costs as much as a thousand instructions.
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include "config.h"
#include "victim.h"

#define ALL_SLOT_COUNT (SLOT_COUNT - 1)
#define MIB ((size_t)1 << 20)
#define KIB ((size_t)1 << 10)
#define BLOCKS_COUNT 4096

struct scenario {
    const char *name; /* NULL ends a list */
    void (*run)(void);
};

/** All that a thread with a heap can do. What trims comes first, before there is much to trim. */
extern const struct scenario *const all_scenarios[];
extern const struct scenario limit_scenarios[], own_scenarios[], other_scenarios[];
extern const struct scenario large_scenarios[], misuse_scenarios[], meeting_scenarios[];

/** The first that a thread does: one of these. */
extern const struct scenario beginnings[];

/** Blocks of the scenario that runs. NULL: none. */
extern void *blocks[BLOCKS_COUNT];

/** Allocate blocks of one size, at full speed, and free some of them. */
void fill(unsigned count, size_t size);
void drop(unsigned from, unsigned to);

/** Free some of them, watched. */
void watched_drop_range(unsigned from, unsigned to);

/** A thread allocates blocks and ends: they are nobody's then. */
void donor_ends(unsigned count, size_t size);

#endif
