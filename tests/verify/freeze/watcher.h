/* watcher.h -- the watcher's side: the child, the stops, the steps. */
#ifndef WATCHER_H
#define WATCHER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "text.h"

#define FRESH_MAX 2000

struct watcher {
    pid_t child;
    unsigned limit_seconds;            /* without an operation: a worker is blocked     */
    unsigned long stops, remote_stops; /* all, and those in remote frees                */
    unsigned long steps, skips;        /* and walks that were run through at full speed */
    unsigned long operations;          /* of workers, in children that have ended       */
    unsigned long victims_blocks;      /* the same: frozen threads' blocks freed        */
    double longest_round;              /* seconds                                       */
    unsigned children;                 /* processes so far                              */
    uint32_t fresh[FRESH_MAX];         /* steps of this one's first call, each the ...  */
    unsigned fresh_count;              /* ... first at its instruction                  */
};

extern struct watcher watcher;

/* freeze.c */

/** End the child, and this process. */
_Noreturn void give_up(int status);

/** End this process if the child has ended before its time. */
void check_child(void);

/* stop.c */

/** The victim stands before an instruction, after so many steps of this call: if that is worth it,
 *  leave it there until the others have done a round. */
void stop_at(pid_t victim, struct instruction *at, unsigned long step);

/** Operations that the workers of this child have finished. */
unsigned long all_operations(void);

/* step.c */

/** Step through all watched calls of a victim, to its end. */
void watch(pid_t victim);

#endif
