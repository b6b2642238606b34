/* empty_blocks.c -- a block of no bytes is read and written.
 *
 * If malloc(0) returns NULL there is nothing to misuse, which counts.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "misuse.h"

static char *empty_block(void) {
    char *block = hidden(malloc(0));
    if (block == NULL) exit(0);
    return block;
}

static void read_it(const struct misuse *self, UNUSED size_t size) {
    char *block = empty_block();
    (void)*(volatile char *)block;
    if (self->by) free(block);
    got_by(self);
}

static void write_it(const struct misuse *self, UNUSED size_t size) {
    char *block = empty_block();
    *(volatile char *)block = 'A';
    if (self->by) free(block);
    got_by(self);
}

const struct misuse empty_blocks[] = {
    THRICE_CASE("empty block read", "read_zero_size", read_it, false),
    THRICE_CASE("empty block read, freed", "read_zero_size_free", read_it, true),
    THRICE_CASE("empty block written", "write_zero_size", write_it, false),
    THRICE_CASE("empty block written, freed", "write_zero_size_free", write_it, true),
    {0},
};
