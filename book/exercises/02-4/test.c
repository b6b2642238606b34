/* test.c -- exercise 2.4: blocks above 32 KiB are used again.
 *
 * Expect: no memory after
 */
#include <stdio.h>
#include <string.h>

#include "bitslab.h"

int main(void) {
    for (unsigned i = 0; i < 100000; i++) {
        char *block = bitslab_malloc(40 << 10);
        if (block == NULL) {
            printf("no memory after %u blocks\n", i);
            return 1;
        }
        memset(block, 1, 40 << 10);
        bitslab_free(block);
    }
    char *zeroed = bitslab_calloc(1, 40 << 10);
    for (unsigned i = 0; i < 40 << 10; i++)
        if (zeroed[i] != 0) {
            printf("calloc returned a block that is not zero\n");
            return 1;
        }
    /* Sizes don't mix. */
    char *small = bitslab_malloc(40 << 10), *large = bitslab_malloc(200 << 10);
    bitslab_free(small);
    char *larger = bitslab_malloc(100 << 10);
    memset(larger, 2, 100 << 10);
    memset(large, 3, 200 << 10);
    if (larger[(100 << 10) - 1] != 2 || large[0] != 3) {
        printf("two blocks overlap\n");
        return 1;
    }
    return 0;
}
