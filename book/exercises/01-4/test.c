/* test.c -- exercise 1.4: the last block shrinks in place.
 *
 * Expect: the next block is
 */
#include <stdio.h>
#include <string.h>

#include "bitslab.h"

int main(void) {
    char *block = bitslab_malloc(1 << 20);
    memset(block, 5, 1 << 20);
    char *small = bitslab_realloc(block, 16);
    if (small != block || small[0] != 5 || small[15] != 5) {
        printf("the block moved or lost its contents\n");
        return 1;
    }
    char *next = bitslab_malloc(16);
    if (next - small > 32) {
        printf("the next block is %d bytes away\n", (int)(next - small));
        return 1;
    }
    char *middle = bitslab_realloc(small, 1); /* not the last any more: stays as it is */
    char *zeros = bitslab_calloc(1, 1 << 20);
    for (int i = 0; i < 1 << 20; i++)
        if (zeros[i] != 0) {
            printf("calloc's byte %d is not zero\n", i);
            return 1;
        }
    return middle == small ? 0 : 1;
}
