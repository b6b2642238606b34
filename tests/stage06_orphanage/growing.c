/* growing.c -- realloc of a block without bytes. */
#include <criterion/criterion.h>

#include "bitslab.h"
#include "support/pattern.h"

#define KIB ((size_t)1 << 10)
#define MIB ((size_t)1 << 20)

/* Its address has no memory behind it, whatever its header says of bins. */
Test(stage06_orphanage, a_block_of_no_bytes_grows_into_memory) {
    static const size_t sizes[] = {1, 8, 9, 12, 16, 100, 5000, 300 * KIB, 3 * MIB};
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        unsigned char *block = bitslab_realloc(bitslab_malloc(0), sizes[i]);
        pattern_fill(block, sizes[i], i);
        cr_assert(pattern_ok(block, sizes[i], i));
        bitslab_free(block);
    }
}
