/* test.c -- exercise 2.3: the search goes on where it ended.
 *
 * Expect: the first bin came back at once
 */
#include <stdio.h>
#include <string.h>

#include "bitslab.h"

int main(void) {
    static char *blocks[4000];
    for (unsigned i = 0; i < 200; i++) blocks[i] = bitslab_malloc(64);
    char *first = blocks[0];
    memset(first, 1, 64);
    bitslab_free(first);
    blocks[0] = bitslab_malloc(64);
    if (blocks[0] == first) {
        printf("the first bin came back at once\n");
        return 1;
    }
    /* All bins of the slab are found in the end, and calloc clears those that were used. */
    int again = 0;
    for (unsigned i = 200; i < 1015; i++) {
        blocks[i] = bitslab_calloc(1, 64);
        again += blocks[i] == first;
        for (unsigned k = 0; k < 64; k++)
            if (blocks[i][k] != 0) {
                printf("calloc returned a block that is not zero\n");
                return 1;
            }
    }
    if (again != 1) {
        printf("the first bin was handed out %d times\n", again);
        return 1;
    }
    return 0;
}
