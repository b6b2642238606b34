/* stage02_memory_is_reused.c -- more is allocated in turn than there ever is at once.
 *
 * Reason: a bump pointer never goes back, so 1 GiB is used up however little is in use
 * Expect: malloc(32768) gave up
 */
#include <stdio.h>

#include "bitslab.h"

#define BLOCK_BYTES 32768
#define TURNS 65536 /* twice the region of the first stages */

int main(void) {
    for (int turn = 0; turn < TURNS; turn++) {
        char *block = bitslab_malloc(BLOCK_BYTES);
        if (block == NULL) {
            printf("malloc(%d) gave up after %d turns, though nothing is in use\n", BLOCK_BYTES,
                   turn);
            return 1;
        }
        block[0] = 1;
        bitslab_free(block);
    }
    printf("%d blocks of %d bytes in turn\n", TURNS, BLOCK_BYTES);
    return 0;
}
