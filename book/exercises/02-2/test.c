/* test.c -- exercise 2.2: a double free that nobody sees.
 *
 * Expect: two different blocks
 */
#include <stdio.h>

#include "bitslab.h"

/* Make *a and *b the same block, with a free too many. */
static void twice(void **a, void **b) {
    *a = bitslab_malloc(100);
    *b = bitslab_malloc(100);
}

int main(void) {
    void *a, *b;
    twice(&a, &b);
    if (a != b) {
        printf("two different blocks: %p and %p\n", a, b);
        return 1;
    }
    printf("%p has two owners\n", a);
    return 0;
}
