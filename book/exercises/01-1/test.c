/* test.c -- exercise 1.1: how far apart are blocks?
 *
 * Expect: the third block is not
 */
#include <stdio.h>

#include "bitslab.h"

#define PREDICTION 0 /* your answer, in bytes */

int main(void) {
    char *first = bitslab_malloc(1);
    bitslab_malloc(17);
    char *third = bitslab_malloc(40);
    if (third - first == PREDICTION) return 0;
    printf("the third block is not %d bytes behind the first\n", PREDICTION);
    return 1;
}
