/* fuzz.c -- one input from a fresh heap to an empty one.
 *
 * Input     Four bytes that say how it begins and ends, then steps of four bytes (steps.c).
 * Begin     The allocator's variables are what they were when the program started, and no memory is
 *           mapped: nothing of the last input is left.
 * End       The OS works again. Every block is freed and every thread ends, in one of several
 *           orders; then all superpages are in the pool, and a trim gives back every page in them.
 *           What threads own that never ran again is lost: then the rest must still add up.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "bitslab.h"
#include "calls.h"
#include "os_fuzz.h"
#include "pool.h"
#include "protect.h"
#include "steps.h"
#include "threads.h"

#define CALLS_MAX 1000

struct run run;

/* The allocator's variables (environment.h). */
extern char bss_start[] __asm__("__start_bitslab_bss"), bss_end[] __asm__("__stop_bitslab_bss");
extern char data_start[] __asm__("__start_bitslab_data"), data_end[] __asm__("__stop_bitslab_data");

void say(const char *format, ...) {
    if (!run.story || run.muted) return;
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    fflush(stdout);
}

_Noreturn void violated(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fflush(stdout);
    fprintf(stderr, "VIOLATED %s step %zu: ", run.muted ? "by a repetition in" : "by",
            run.steps_done + 1);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
    abort();
}

/* What begins with a value has it again. */
static void reset_variables(void) {
    static char *values;
    size_t bytes = (size_t)(data_end - data_start);
    if (values == NULL) values = memcpy(malloc(bytes), data_start, bytes);
    memcpy(data_start, values, bytes);
    memset(bss_start, 0, (size_t)(bss_end - bss_start));
}

static void begin(const uint8_t *head) {
    static const size_t page_bytes[] = {4096, 4096, 16384, 65536};
    reset_variables();
    arena_unmap_all();
    protect_lift(ARENA_BASE, ARENA_BYTES);
    arena_clear();
    protect_reset();
    os_restart(page_bytes[head[0] % 4]);
    threads_reset();
    shadow_reset();
    run.over = run.surveyed = run.muted = false;
    run.steps_done = 0;
    run.calls_left = CALLS_MAX;
}

/* Free what is left, by one thread or by all in turn, the newest or the oldest first. */
static void free_all(uint8_t how) {
    say("      and at the end, all that is left is freed\n");
    for (unsigned i = 0; shadow_count() > 0; i++) {
        threads_run(how & 1 ? i % THREADS : 0);
        run.muted = i >= 4;
        free_block(shadow_block(how & 2 ? shadow_count() - 1 : 0));
    }
    run.muted = false;
}

static void exit_all(void) {
    for (unsigned i = 0; i < THREADS; i++) {
        threads_run(i);
        threads_exit();
    }
}

/* No superpage may keep memory that was used, whatever the purge of unused slots did to it. */
static void check_trimmed(void) {
    for (uintptr_t at = 0; (at = arena_next_mapping(at)) != 0;) {
        size_t bytes = arena_mapping_end(at) - at;
        if (bytes < PIECE_BYTES) continue;
        uintptr_t kept = arena_first_kept(at + UNIT_BYTES, bytes - UNIT_BYTES);
        if (kept != 0) violated("after trim, the page at %#zx is still in memory", kept);
    }
}

static void check_empty(bool all_pooled, bool survey) {
    struct bitslab_stats stats;
    bitslab_stats(&stats);
    if (stats.mapped_bytes != arena_mapped_bytes())
        violated("%zu bytes are mapped, but the allocator counts %zu", arena_mapped_bytes(),
                 stats.mapped_bytes);
    if (stats.huge_blocks != 0) violated("%zu huge blocks are left", stats.huge_blocks);
    if (survey) call_survey(&(struct step){0});
    if (all_pooled && pool_count() != stats.superpages)
        violated("everything is free, but only %zu of %zu superpages are in the pool", pool_count(),
                 stats.superpages);
}

/* The first byte's upper bits and the second byte say in which way. */
static void end(const uint8_t *head) {
    os_calm();
    if (head[1] & 4) exit_all();
    free_all(head[1]);
    unsigned lost = threads_finish(head[1] & 8);
    bool survey = run.thorough || head[1] >= 240;
    /* Where the OS had no memory for a heap, a superpage may wait for somebody to adopt it. */
    check_empty(lost == 0 && fuzz_os.failures == 0, survey);
    call_trim(&(struct step){0});
    threads_start();
    check_empty(lost == 0, survey);
    if (lost == 0) check_trimmed();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct step step = {0};
    uint8_t head[sizeof step] = {0};
    memcpy(head, data, size < sizeof head ? size : sizeof head);
    begin(head);
    for (size_t at = sizeof step; at + sizeof step <= size && !run.over; at += sizeof step) {
        memcpy(&step, data + at, sizeof step);
        step_do(&step);
        run.muted = false;
        run.steps_done++;
        if (run.thorough && !run.over) call_survey(&step);
    }
    if (!run.over) end(head);
    if (run.thorough) {
        protect_lift(ARENA_BASE, ARENA_BYTES);
        arena_check_clean();
    }
    run.calls_made += CALLS_MAX - run.calls_left;
    return 0;
}
