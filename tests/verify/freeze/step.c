/* step.c -- from instruction to instruction, through each watched call of a victim. */
#include "frames.h"
#include "freeze.h"
#include "tracer.h"
#include "watcher.h"

#define STEPS_FIRST 2000       /* in one watched call, before what makes it long is skipped       */
#define STEPS_AFTER_SKIP 150   /* before the next one is                                          */
#define STEPS_ALL 20000        /* before the rest of it is                                        */
#define STEPS_AFTER_MEETING 60 /* to see what the victim does about it */

static uint32_t watched_call;    /* its number                                                   */
static unsigned long call_steps; /* in it                                                        */
static long steps_left;          /* before the next skip                                         */
static bool skipping;            /* the victim runs to where a function returns                  */

/* The victim stands before an instruction. */
static void look_at(pid_t victim, struct instruction *at) {
    if (text_is_entry(at)) frames_enter(victim);
    at->visits++;
    if (at->child != watcher.children && watched_call == 1 && watcher.fresh_count < FRESH_MAX)
        watcher.fresh[watcher.fresh_count++] = (uint32_t)call_steps;
    at->child = watcher.children;
    stop_at(victim, at, call_steps);
}

/* A watched call that is long, because it walks over all of a heap, goes on at full speed until the
 * function that walks returns. Returns false if it has to be stepped on. */
static bool skip(pid_t victim) {
    if (call_steps > STEPS_ALL) return true;
    steps_left = STEPS_AFTER_SKIP;
    uintptr_t to = frames_leave(victim);
    if (to == 0 || !tracer_break(victim, to)) return false;
    watcher.skips++;
    skipping = true;
    return true;
}

static void end_skip(pid_t victim) {
    if (skipping) tracer_break(victim, 0);
    skipping = false;
}

static void call_begins(pid_t victim) {
    watched_call = atomic_load(&shared->watch);
    call_steps = 0;
    atomic_store(&shared->step, 0);
    steps_left = STEPS_FIRST;
    frames_clear();
    end_skip(victim);
}

/* What to do with a victim that has trapped. Returns whether it is to be stepped. */
static bool step_on(pid_t victim) {
    if (atomic_load(&shared->watch) != watched_call) call_begins(victim);
    if (!atomic_load(&shared->stepping)) {
        end_skip(victim);
        return false;
    }
    struct instruction *at = text_at(tracer_address(victim));
    if (skipping) {
        if (at == NULL) return false; /* back from libc */
        end_skip(victim);
    }
    uint32_t meeting = atomic_load(&shared->meeting);
    if (meeting != 0 && call_steps > meeting + STEPS_AFTER_MEETING) return false;
    if (at != NULL) look_at(victim, at);
    watcher.steps++;
    atomic_store(&shared->step, (uint32_t)++call_steps);
    return steps_left-- > 0 || !skip(victim);
}

/* From a victim's first trap to its end. */
void watch(pid_t victim) {
    skipping = false;
    watched_call = 0;
    while (tracer_event(victim, true) == EVENT_TRAP)
        if (step_on(victim)) tracer_step(victim);
        else tracer_run(victim);
}
