/* invalid_frees.c -- what is freed was never a block, and requests that no block can serve. */
#include <stdint.h>
#include <stdlib.h>

#include "misuse.h"

static void number(const struct misuse *self, UNUSED size_t size) {
    free(hidden((void *)(uintptr_t)self->by));
    got_by(self);
}

/* An address at some distance from a block: inside it, in its slab, far away. */
static void near_block(const struct misuse *self, size_t size) {
    free(hidden(block_of(size) + self->by));
    got_by(self);
}

static void on_stack(const struct misuse *self, size_t size) {
    free(hidden(__builtin_alloca(size)));
    got_by(self);
}

/* As aligned as an array of char must be, and no more than a small one is. */
static void array_on_stack(const struct misuse *self, size_t size) {
    _Alignas(16) char array[size + 8];
    free(hidden(array + self->by));
    got_by(self);
}

static void too_large(const struct misuse *self, UNUSED size_t size) {
    char *block = hidden(malloc((size_t)self->by));
    if (block != NULL) got_by(self);
    free(block);
}

/* Memory that holds code of the attacker's must not run. The bytes are those of a function that
 * returns at once. */
static void executed(const struct misuse *self, size_t size) {
    char *block = block_of(size);
#if defined(__x86_64__) || defined(__i386__)
    block[0] = (char)0xc3; /* ret */
#elif defined(__aarch64__)
    *(volatile uint32_t *)block = 0xd65f03c0; /* ret */
    __builtin___clear_cache(block, block + 4);
#else
    absent();
#endif
    ((void (*)(void))(uintptr_t)hidden(block))();
    got_by(self);
}

const struct misuse invalid_frees[] = {
    THRICE_CASE("1 is freed", "invalid_free", number, 1),
    SIZED_CASE("memory of alloca is freed", "invalid_free_alloca", on_stack, 0),
    SIZED_CASE("an array on the stack is freed", "invalid_free_stack", array_on_stack, 8),
    SIZED_CASE("block + 1 is freed", "invalid_free_unaligned", near_block, 1),
    SIZED_CASE("block + 8 is freed", "invalid_free_unaligned_multiple", near_block, 8),
    SIZED_CASE("block + 4 KiB is freed", "invalid_free_close", near_block, 4 << 10),
    SIZED_CASE("block + 1 GiB is freed", "invalid_free_far", near_block, 1 << 30),
    THRICE_CASE("-2 bytes are granted", "impossibly_large_malloc", too_large, -2),
    SIZED_CASE("a block is executed", "executable_heap", executed, 0),
    {0},
};
