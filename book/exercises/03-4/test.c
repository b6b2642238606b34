/* test.c -- exercise 3.4: the cached mapping that fits best.
 *
 * Expect: KiB were handed out
 */
#include <stdio.h>
#include <string.h>

#include "bitslab.h"

#define KIB ((size_t)1024)

int main(void) {
    char *large = bitslab_malloc(5000 * KIB), *small = bitslab_malloc(4300 * KIB);
    memset(large, 1, 5000 * KIB);
    memset(small, 1, 4300 * KIB);
    bitslab_free(large);
    bitslab_free(small);
    char *block = bitslab_malloc(4096 * KIB);
    if (bitslab_usable_size(block) > 4400 * KIB) {
        printf("%zu KiB were handed out for 4096\n", bitslab_usable_size(block) / KIB);
        return 1;
    }
    /* The other one is still there, and of no use for more than it has. */
    char *other = bitslab_malloc(4900 * KIB);
    return other != large || block == other;
}
