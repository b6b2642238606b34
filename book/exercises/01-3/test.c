/* test.c -- exercise 1.3: the last block comes back.
 *
 * Expect: gave up
 */
#include <stdio.h>
#include <string.h>

#include "bitslab.h"

#define BYTES 65536
#define TURNS 100000

int main(void) {
    for (int turn = 0; turn < TURNS; turn++) {
        char *block = bitslab_malloc(BYTES);
        if (block == NULL) {
            printf("malloc gave up after %d turns\n", turn);
            return 1;
        }
        block[0] = block[BYTES - 1] = 1;
        bitslab_free(block);
    }
    char *kept = bitslab_malloc(100), *last = bitslab_malloc(100);
    memset(kept, 7, 100);
    bitslab_free(kept); /* not the last: it stays */
    memset(last, 7, 100);
    bitslab_free(last);
    char *zeros = bitslab_calloc(1, BYTES);
    for (int i = 0; i < BYTES; i++)
        if (zeros[i] != 0) {
            printf("calloc's byte %d is not zero\n", i);
            return 1;
        }
    return 0;
}
