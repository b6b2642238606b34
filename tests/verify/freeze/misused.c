/* misused.c -- what a program must not do. The library says so and aborts; here, the call ends. */
#include "scenario.h"
#include "superpage.h"

#include <stdio.h>
#include <stdlib.h>

static void misused_free(void *block, const char *what) {
    jmp_buf caught;
    misuse_caught = &caught;
    if (setjmp(caught) == 0) {
        WATCH(bitslab_free(block));
        fprintf(stderr, "a wrong free of %p was not noticed: %s\n", block, what);
        misuse_caught = NULL;
        abort();
    }
    misuse_caught = NULL;
}

/* Bins of one slab: with one of them live, the slab stays, and the other's bit is in its map. */
static void misused_bins(void) {
    fill(12, 9000);
    misused_free((char *)blocks[0] + 16, "inside a bin");
    for (unsigned i = 1; i < 12; i++) {
        struct slab *slab = slab_head(slab_of((uintptr_t)blocks[i]));
        bool same = slab == slab_head(slab_of((uintptr_t)blocks[i - 1]));
        if (!same || !block_is_victims(blocks[i])) continue;
        void *twice = blocks[i];
        block_drop(block_new(9000)); /* what the cache keeps is another bin */
        drop(i, i + 1);
        misused_free(twice, "a bin whose bit is in the map");
        break;
    }
    drop(0, 12);
    void *last = block_new(100);
    block_drop(last);
    misused_free(last, "the last one freed");
    last = bag_take(&apart); /* held back, and held back again */
    block_drop(last);
    misused_free(last, "a bin that is held back");
}

static void misuse(void) {
    char *wide = block_new(550 * KIB);
    char *huge = block_new(3 * MIB);
    ready();
    no_stock = true;
    misused_bins();
    misused_free(wide + 16, "inside a wide block");
    misused_free(wide + SLAB_BYTES, "a later slot of a wide block");
    misused_free(huge + 16, "inside a huge block");
    misused_free((char *)((uintptr_t)&wide & ~(uintptr_t)15), "on the stack");
    misused_free((char *)superpage_of((uintptr_t)wide), "in the metadata");
    wide = block_stamp(bitslab_realloc(wide, 300 * KIB), 300 * KIB);
    if (block_is_victims(wide)) misused_free(wide + 7 * SLAB_BYTES, "a free slot");
    block_drop(wide);
    block_drop(huge);
    no_stock = false;
}

const struct scenario misuse_scenarios[] = {
    {"misuse", misuse},
    {NULL, NULL},
};
