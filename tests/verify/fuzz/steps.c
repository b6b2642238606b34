/* steps.c -- what the bytes of a step stand for. */
#include "steps.h"

#include "calls.h"
#include "os_fuzz.h"
#include "size_class.h"
#include "threads.h"

#define BULK_BYTES ((size_t)8 << 20) /* of one step */

/* Sizes at both ends of every class of bins; then runs of slots; then huge blocks. */
size_t size_from(uint8_t a, uint8_t b) {
    unsigned kind = a % 64;
    if (kind == CLASS_ZERO) return 0;
    if (kind < CLASS_ZERO) {
        size_t bin = CLASS_BYTES(kind);
        size_t steps = kind == 0 ? bin : bin - CLASS_BYTES(kind - 1);
        return b < 128 ? bin - b % steps : bin - steps + 1 + (b - 128) % steps;
    }
    if (kind < 58) return (4 + b % 28) * SLAB_BYTES - b / 28 * 1000 + (kind - CLASS_ZERO);
    if (kind < 63) return (30 + b % 64) * SLAB_BYTES - b / 64 * 1000 + (kind - 58);
    return SUPERPAGE_BYTES + b * (SLAB_BYTES + 4096); /* up to 19 MiB */
}

unsigned count_from(uint8_t c, size_t size) {
    static const uint16_t counts[16] = {1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 5, 8, 16, 48, 64, 192};
    size_t most = BULK_BYTES / (size + 1) + 1;
    return counts[c % 16] < most ? counts[c % 16] : (unsigned)most;
}

struct block *block_from(unsigned argument, unsigned range) {
    if (shadow_count() == 0) return NULL;
    return shadow_block((unsigned)((uint64_t)argument * shadow_count() / range));
}

static void thread_exit(const struct step *step) {
    (void)step;
    threads_exit();
}

static void thread_start(const struct step *step) {
    (void)step;
    threads_start();
}

static void thread_stop(const struct step *step) {
    (void)step;
    threads_stop();
}

/* All but one stop at once, as in the child of a fork. */
static void fork_child(const struct step *step) {
    (void)step;
    unsigned survivor = threads_current();
    for (unsigned i = 0; i < THREADS; i++) {
        threads_run(i);
        if (i != survivor) threads_stop();
    }
    threads_run(survivor);
}

static void os_fails(const struct step *step) {
    enum os_call call = step->a % OS_CALLS;
    fuzz_os.plan[call].pass = step->b % 8;
    fuzz_os.plan[call].fail = step->c < 240 ? step->c % 8 : 1000;
}

static void os_purges(const struct step *step) {
    static const enum os_purged moods[] = {OS_PURGE_ZEROED, OS_PURGE_UNDEFINED, OS_PURGE_FAILED};
    fuzz_os.purged = moods[step->a % 3];
    fuzz_os.hook_allocates = step->b % 4 == 1;
    say("OS    purged memory %s\n", step->a % 3 == 0   ? "reads as zero"
                                    : step->a % 3 == 1 ? "is undefined"
                                                       : "cannot be had");
}

/* Surveys take their time. */
static void survey_once(const struct step *step) {
    if (!run.surveyed) call_survey(step);
    run.surveyed = true;
}

static operation *const operations[64] = {
    call_malloc,  call_malloc,  call_malloc,     call_malloc,     call_malloc,     call_malloc,
    call_malloc,  call_malloc,  call_malloc,     call_malloc,     call_malloc,     call_malloc,
    call_calloc,  call_calloc,  call_calloc,     call_calloc,     call_realloc,    call_realloc,
    call_realloc, call_realloc, call_realloc,    call_realloc,    call_aligned,    call_aligned,
    call_aligned, call_aligned, call_free,       call_free,       call_free,       call_free,
    call_free,    call_free,    call_free,       call_free,       call_free,       call_free,
    call_free,    call_free,    call_free_sized, call_free_sized, call_free_sized, call_refused,
    call_null,    call_trim,    call_trim,       call_check,      survey_once,     thread_exit,
    thread_exit,  thread_exit,  thread_start,    thread_start,    thread_stop,     fork_child,
    os_fails,     os_fails,     os_fails,        os_purges,       wrong_free,      wrong_write,
    wrong_again,  wrong_resize, wrong_size,      wrong_alignment,
};

void step_do(const struct step *step) {
    threads_run(step->what / 64);
    operations[step->what % 64](step);
}
