/* frames.h -- the victim's calls inside the library that have not returned yet. */
#ifndef FRAMES_H
#define FRAMES_H

#include <stdint.h>
#include <sys/types.h>

/** Another call is watched. */
void frames_clear(void);

/** The victim stands before the first instruction of a function. */
void frames_enter(pid_t victim);

/** Where a caller of the function goes on in which the victim is: the nearest one at first, then
 *  farther ones. 0: it has no caller inside the library. */
uintptr_t frames_leave(pid_t victim);

#endif
