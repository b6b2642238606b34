/* test.c -- exercise 1.2: a pointer that free should refuse, and does not.
 *
 * Expect: give me an address inside the block
 */
#include <stdio.h>

#include "bitslab.h"

/* An address inside the block, not at its beginning, that bitslab_free() accepts. */
static void *wrong_pointer(char *block) {
    (void)block;
    return NULL;
}

int main(void) {
    char *block = bitslab_malloc(256);
    char *wrong = wrong_pointer(block);
    if (wrong <= block || wrong >= block + 256) {
        printf("give me an address inside the block\n");
        return 1;
    }
    bitslab_free(wrong);
    printf("free accepted %p, which is %d bytes inside a block\n", (void *)wrong, (int)(wrong - block));
    return 0;
}
