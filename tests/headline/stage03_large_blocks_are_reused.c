/* stage03_large_blocks_are_reused.c -- blocks of 1 MiB in turn, and 64 KiB that take 64 KiB.
 *
 * Reason: blocks above 32 KiB have slabs of their own, which no other block ever gets
 * Expect: malloc(1048576) gave up
 */
#include <stdio.h>

#include "bitslab.h"
#include "support/flavour.h"

#define LARGE_BYTES (1024 * 1024)
#define TURNS 4000
#define COUNT 1000
#define SLAB_BYTES (64 * 1024)

static int large_blocks_in_turn(void) {
    for (int turn = 0; turn < TURNS; turn++) {
        char *block = bitslab_malloc(LARGE_BYTES);
        if (block == NULL) {
            printf("malloc(%d) gave up after %d turns, though nothing is in use\n", LARGE_BYTES,
                   turn);
            return 1;
        }
        block[0] = 1;
        bitslab_free(block);
    }
    return 0;
}

static int slabs_without_waste(void) {
    struct bitslab_stats before, after;
    bitslab_stats(&before);
    for (int i = 0; i < COUNT; i++)
        if (bitslab_malloc(SLAB_BYTES - SPARE_BYTES) == NULL) return 1;
    bitslab_stats(&after);
    size_t per_block = (after.mapped_bytes - before.mapped_bytes) / COUNT;
    printf("64 KiB take %zu bytes, headers and rounding included\n", per_block);
    return per_block > SLAB_BYTES * 115 / 100 + GUARDS_BYTES;
}

int main(void) { return large_blocks_in_turn() || slabs_without_waste(); }
