/* idle.h -- a program that does little for a while.
 *
 * The final stage keeps what was freed for a purge delay (config.h: PURGE_DELAY_MS), and gives it
 * back, after two at most, at calls that need more than a bin from a cache.
 */
#ifndef TESTS_SUPPORT_IDLE_H
#define TESTS_SUPPORT_IDLE_H

#include <time.h>

#include "bitslab.h"
#include "support/flavour.h"

/** Allocate and free 300 KiB in small blocks. */
static inline void use_a_little(void) {
    void *few[3000];
    for (unsigned i = 0; i < 3000; i++) few[i] = bitslab_malloc(100);
    for (unsigned i = 0; i < 3000; i++) bitslab_free(few[i]);
}

/** Sleep, and allocate a little from time to time, until all that is due must have gone. Earlier
 *  stages keep nothing that is due. */
static inline void idle_for_a_while(void) {
    struct timespec pause = {0, 100000000};
    for (unsigned i = 0; STAGE >= 6 && i < 18; i++) {
        nanosleep(&pause, NULL);
        use_a_little();
    }
}

#endif
