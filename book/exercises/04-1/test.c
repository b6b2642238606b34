/* test.c -- exercise 4.1: the order in which bins come back.
 *
 * Expect: not what you predicted
 */
#include <stdio.h>

#include "bitslab.h"

static const int predicted[3] = {1, 2, 3}; /* which block of the first round comes first, ... */

int main(void) {
    void *first[3], *again[3];
    for (int i = 0; i < 3; i++) first[i] = bitslab_malloc(64);
    for (int i = 0; i < 3; i++) bitslab_free(first[i]);
    for (int i = 0; i < 3; i++) again[i] = bitslab_malloc(64);
    for (int i = 0; i < 3; i++)
        if (again[i] != first[predicted[i] - 1]) {
            printf("that is not what you predicted\n");
            return 1;
        }
    return 0;
}
