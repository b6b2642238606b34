/* test.c -- exercise 2.1: where blocks of nearly equal sizes lie.
 *
 * Expect: your prediction
 */
#include <stdint.h>
#include <stdio.h>

#include "bitslab.h"

#define SECOND_FROM_FIRST 0  /* bytes                                */
#define FOURTH_FROM_FIRST 0  /* bytes                                */
#define THIRD_IN_SAME_SLAB 2 /* 0: no, 1: yes (a slab has 64 KiB)    */

static int differs(const char *what, long predicted, long real) {
    if (predicted == real) return 0;
    printf("your prediction of %s is %ld; it is something else\n", what, predicted);
    return 1;
}

int main(void) {
    char *first = bitslab_malloc(100), *second = bitslab_malloc(112);
    char *third = bitslab_malloc(113), *fourth = bitslab_malloc(100);
    return differs("the second", SECOND_FROM_FIRST, second - first) ||
           differs("the fourth", FOURTH_FROM_FIRST, fourth - first) ||
           differs("the slab of the third", THIRD_IN_SAME_SLAB,
                   ((uintptr_t)third ^ (uintptr_t)first) < 65536);
}
