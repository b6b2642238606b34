/* decay.h -- when memory that nobody uses goes back to the OS.
 *
 * Problem   To purge 2 MiB and to fault them in again costs a thousand times what it takes to keep
 *           them; never to purge them makes a process as large for ever as it once was.
 * Idea      Time is divided into epochs of one purge delay. What is put aside bears the epoch's
 *           number; what was not used again in the whole epoch after that is given back. So it
 *           stays for one delay at least, and for two at most while somebody passes by.
 * Steps     No thread of its own does this, and nobody waits for anybody: whoever fetches or gives
 *           back a superpage or a mapping, and a heap at each few refills, does a small step. A new
 *           epoch begins when all of the last ones' is done.
 * Asleep    A process that stops calling the allocator keeps what it freed last, within the bounds
 *           of config.h. bitslab_trim() gives everything back at once.
 * Progress  wait-free but for the purge itself, which is OS-bound.
 * Source    Evans 2015 (jemalloc's decay); Leijen 2019 (delayed purges on the way).
 */
#ifndef DECAY_H
#define DECAY_H

#include "atomic.h"
#include "bits.h"

/** How long memory stays unused before it is given back, in ms; 0: it never waits. Any thread may
 *  change it at any time. */
extern HIDDEN _Atomic uint32_t purge_delay_ms;

/** Number of the current epoch; it wraps around. */
uint32_t decay_epoch(void);

/** Whether what was put aside in an epoch has had its delay. */
static inline bool decay_over(uint32_t put_aside, uint32_t epoch) { return epoch - put_aside >= 2; }

/** Give a little of what is due back to the OS, and see whether the epoch is over. */
void decay_step(void);

#endif
