/* overflows.c -- writes beyond a block: behind it and before it, near and far.
 *
 * A lone byte is flipped, and the block is freed then. A copy writes zeros, as strings and cleared
 * structures do, over everything up to there, and no free follows: nothing but the next call of
 * whatever kind may notice.
 */
#include <stdlib.h>
#include <string.h>

#include "misuse.h"

static const char zeros[5 << 20];

static void byte_behind(const struct misuse *self, size_t size) {
    char *block = block_of(size);
    hidden(block)[(ptrdiff_t)size - 1 + self->by] ^= 'A';
    free(hidden(block));
    got_by(self);
}

static void byte_before(const struct misuse *self, size_t size) {
    char *block = block_of(size);
    hidden(block)[-self->by] ^= 'A';
    free(hidden(block));
    got_by(self);
}

static void copy_behind(const struct misuse *self, size_t size) {
    memcpy(hidden(block_of(size)), hidden((void *)zeros), size + (size_t)self->by);
    got_by(self);
}

static void copy_from_before(const struct misuse *self, size_t size) {
    memcpy(hidden(block_of(size) - self->by), hidden((void *)zeros), size);
    got_by(self);
}

const struct misuse overflows[] = {
    SIZED_CASE("byte behind", "one_byte_overflow", byte_behind, 1),
    SIZED_CASE("byte 32 behind", "32_byte_overflow", byte_behind, 32),
    SIZED_CASE("byte 1 MiB behind", "one_mbyte_overflow", byte_behind, 1 << 20),
    SIZED_CASE("byte before", "one_byte_underflow", byte_before, 1),
    SIZED_CASE("byte 32 before", "32_byte_underflow", byte_before, 32),
    SIZED_CASE("byte 1 MiB before", "one_mbyte_underflow", byte_before, 1 << 20),
    SIZED_CASE("copy to 1 behind", "one_byte_memcpy_overflow", copy_behind, 1),
    SIZED_CASE("copy to 32 behind", "32_byte_memcpy_overflow", copy_behind, 32),
    SIZED_CASE("copy to 1 MiB behind", "one_mbyte_memcpy_overflow", copy_behind, 1 << 20),
    SIZED_CASE("copy from 1 before", "one_byte_memcpy_underflow", copy_from_before, 1),
    SIZED_CASE("copy from 32 before", "32_byte_memcpy_underflow", copy_from_before, 32),
    SIZED_CASE("copy from 1 MiB before", "one_mbyte_memcpy_underflow", copy_from_before, 1 << 20),
    {0},
};
