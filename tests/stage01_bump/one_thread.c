/* one_thread.c -- stages 1 to 3 serve one thread, and say so to a second one.
 *
 * Two threads in these stages would corrupt the heap some time, and the program would end somewhere
 * else. One line that names the stage to take is the better end.
 */
#include <criterion/criterion.h>

#include "bitslab.h"
#include "support/blocks.h"
#include "support/ending.h"
#include "support/threads.h"

#if STAGE <= 3

static void *block;

static void call_malloc(void) { (void)bitslab_malloc(16); }
static void call_free(void) { bitslab_free(block); }
static void call_calloc(void) { (void)bitslab_calloc(1, 16); }
static void call_realloc(void) { (void)bitslab_realloc(block, 100); }
static void call_aligned_alloc(void) { (void)bitslab_aligned_alloc(64, 16); }
static void call_posix_memalign(void) { (void)bitslab_posix_memalign(&block, 64, 16); }
static void call_usable_size(void) { (void)bitslab_usable_size(block); }

struct call {
    const char *name;
    void (*function)(void);
};

static const struct call calls[] = {
    {"malloc", call_malloc},
    {"free", call_free},
    {"calloc", call_calloc},
    {"realloc", call_realloc},
    {"aligned_alloc", call_aligned_alloc},
    {"posix_memalign", call_posix_memalign},
    {"usable_size", call_usable_size},
};

static void *call(void *item) {
    ((const struct call *)item)->function();
    return NULL;
}

static void call_in_second_thread(void *item) {
    block = bitslab_malloc(20);
    in_thread(call, item);
}

Test(stage01_bump, a_call_from_a_second_thread_ends_in_a_message_that_names_stage_4) {
    for (unsigned i = 0; i < COUNT_OF(calls); i++) {
        struct ending ending = ending_of(call_in_second_thread, (void *)&calls[i]);
        cr_assert(aborted(&ending), "%s ended with status %x", calls[i].name,
                  (unsigned)ending.status);
        cr_assert(strncmp(ending.text, "bitslab: ", 9) == 0 &&
                      strstr(ending.text, "04_threadlocal") != NULL,
                  "%s said: %s", calls[i].name, ending.text);
    }
}

/* The allocator belongs to the first thread that calls, not to the one that main() runs in. */
static void call_in_first_thread(void *item) { in_thread(call, item); }

Test(stage01_bump, the_thread_that_calls_first_may_be_any) {
    struct ending ending = ending_of(call_in_first_thread, (void *)&calls[0]);
    cr_assert_eq(ending.status, 0, "status %x: %s", (unsigned)ending.status, ending.text);
}
#endif
