/* double_frees.c -- a block is freed twice: at once, after others, after its memory was reused. */
#include <stdlib.h>

#include "misuse.h"

static void at_once(const struct misuse *self, size_t size) {
    char *block = block_of(size);
    free(block);
    free(hidden(block));
    got_by(self);
}

static void after_another(const struct misuse *self, size_t size) {
    char *block = block_of(size);
    char *other = block_of(size);
    free(block);
    free(other);
    free(hidden(block));
    got_by(self);
}

/* Others come and go before the second free; which of them had the block's memory is open. */
static void after_many(const struct misuse *self, size_t size) {
    char *block = block_of(size);
    free(block);
    for (ptrdiff_t i = 0; i < self->by; i++) free(block_of(size));
    free(hidden(block));
    got_by(self);
}

/* The second free takes the memory away from somebody else, who frees it then. */
static void while_reused(const struct misuse *self, size_t size) {
    char *block = block_of(size);
    free(block);
    char *other = block_of(size);
    free(hidden(block));
    free(other);
    got_by(self);
}

/* Free twice, then go on: allocators with random order need time to notice. */
static void then_reused(const struct misuse *self, size_t size) {
    char *block = block_of(size);
    free(block);
    free(hidden(block));
    for (ptrdiff_t i = 0; i < self->by; i++) free(block_of(size));
    got_by(self);
}

const struct misuse double_frees[] = {
    SIZED_CASE("freed twice", "double_free", at_once, 0),
    SIZED_CASE("freed, another freed, freed again", "double_free_interleaved", after_another, 0),
    SIZED_CASE("freed, others come and go, freed again", "double_free_delayed", after_many, 1024),
    SIZED_CASE("freed again while reused", "double_free_single_reuse", while_reused, 0),
    SIZED_CASE("freed twice, others come and go", "double_free_reuse", then_reused, 256 << 10),
    {0},
};
