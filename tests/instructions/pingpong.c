/* pingpong.c -- allocates and frees one block of 64 bytes, as often as the argument says. */
#include <stdlib.h>

#include "bitslab.h"

int main(int argc, char **argv) {
    for (long i = argc > 1 ? atol(argv[1]) : 1; i > 0; i--) bitslab_free(bitslab_malloc(64));
    return 0;
}
