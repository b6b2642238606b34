/* test.c -- exercise 4.2: a double free that nobody sees.
 *
 * Expect: was not handed out twice
 */
#include <stdio.h>

#include "bitslab.h"

/* Free the block twice, in such a way that no message comes. */
static void unseen_double_free(void *block, void *other) {
    bitslab_free(block);
    bitslab_free(other);
}

int main(void) {
    void *block = bitslab_malloc(64), *other = bitslab_malloc(64);
    unseen_double_free(block, other);
    int seen = 0;
    for (int i = 0; i < 4; i++) seen += bitslab_malloc(64) == block;
    if (seen == 2) return 0;
    printf("the block was not handed out twice but %d times\n", seen);
    return 1;
}
