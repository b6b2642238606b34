/* strange_pointers.c -- pointers that cannot be blocks end in one line and abort().
 *
 * Stages 1 to 3 notice every pointer outside of their memory, and every one that is not a multiple
 * of 16, in every build. What stage 6 notices is in tests/stage06_orphanage/misuse.c.
 */
#include <criterion/criterion.h>

#include "bitslab.h"
#include "support/blocks.h"
#include "support/ending.h"

#if STAGE <= 3

static _Alignas(64) char in_program[256];

static void free_it(void *block) {
    bitslab_free(bitslab_malloc(100));
    bitslab_free(block);
}

static void realloc_it(void *block) {
    bitslab_free(bitslab_malloc(100));
    (void)bitslab_realloc(block, 1000);
}

static void measure_it(void *block) {
    bitslab_free(bitslab_malloc(100));
    (void)bitslab_usable_size(block);
}

static void expect_reported(void *pointer, const char *what) {
    static const struct {
        const char *name;
        void (*misuse)(void *block);
    } calls[] = {{"free", free_it}, {"realloc", realloc_it}, {"usable_size", measure_it}};
    for (unsigned i = 0; i < COUNT_OF(calls); i++) {
        struct ending ending = ending_of(calls[i].misuse, pointer);
        cr_assert(reported(&ending, calls[i].name, pointer), "%s of %s ended with %x: %s",
                  calls[i].name, what, (unsigned)ending.status, ending.text);
    }
}

Test(stage01_bump, a_pointer_to_the_stack_is_reported) {
    _Alignas(64) char on_stack[64];
    expect_reported(on_stack, "a pointer to the stack");
}

Test(stage01_bump, a_pointer_to_static_data_is_reported) {
    expect_reported(in_program, "a pointer to static data");
}

Test(stage01_bump, a_pointer_to_a_mapping_of_the_program_is_reported) {
    char *mapping = array_of(4 * MIB, 1);
    expect_reported(mapping, "a mapping");
    expect_reported(mapping + 2 * MIB + 64 * KIB, "a mapping's middle");
}

Test(stage01_bump, a_number_is_reported) {
    expect_reported((void *)16, "the number 16");
    expect_reported((void *)((uintptr_t)1 << 46), "an address of nothing");
}

Test(stage01_bump, a_misaligned_pointer_is_reported) {
    char *block = bitslab_malloc(100);
    for (unsigned offset = 1; offset < 16; offset++)
        expect_reported(block + offset, "a misaligned pointer");
    bitslab_free(block);
}
#endif
