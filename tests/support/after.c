/* after.c -- linked into every test program of stage 6: when its process ends, everything adds up.
 *
 * bitslab_survey walks over all superpages, heaps and stacks, and ends in a message and abort(), so
 * that the test fails, if an invariant is broken or a byte is missing (stages/06_orphanage/check.h).
 * A test that ends on purpose in the middle of a call leaves by _exit or a signal, and is not asked.
 */
#include "bitslab.h"

__attribute__((destructor)) static void everything_adds_up(void) {
    struct bitslab_survey now;
    bitslab_survey(&now);
}
