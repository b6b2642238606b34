/* test.c -- exercise 7.1: blocks of no bytes.
 *
 * Expect: not what you predicted
 */
#include <stdio.h>

#include "bitslab.h"

#define EQUAL 1         /* your answers: 1 for yes, 0 for no */
#define MAY_BE_WRITTEN 1

int main(void) {
    char *one = bitslab_malloc(0), *other = bitslab_malloc(0);
    int equal = one == other, usable = bitslab_usable_size(one) > 0;
    if (equal == EQUAL && usable == MAY_BE_WRITTEN) return 0;
    printf("that is not what you predicted\n");
    return 1;
}
