/* search.c -- all schedules of a scenario, depth first.
 *
 * Before each atomic operation the thread stops, and one of the threads goes on. A run is a list of
 * such choices (and of the values that loads return, memory.c); the next run repeats all of them but
 * the last that has another possibility left. Threads are deterministic, so a number of a run says
 * all that is needed to replay it.
 *
 * Sleep sets spare runs that differ in the order of independent operations only (Godefroid 1996).
 * They serve where every schedule is tried; where preemptions are bounded (Musuvathi 2007), runs are
 * left out for their number of switches alone.
 */
#include "search.h"
#include "shared.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRAIL_MAX 4000
#define FREEZE 100
#define FORK 101

struct node {
    uint8_t count, chosen;
};

struct run run;
struct search search;
char failure[500];

static struct node trail[TRAIL_MAX];
static unsigned trail_length, position;
static uint32_t asleep; /* threads whose next operation was tried in an equivalent run */
static bool starting;
static struct thread_state prepared[THREADS_MAX];
static struct arena prepared_arena;
static enum outcome outcome;

_Noreturn void failed(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(failure, sizeof failure, format, arguments);
    va_end(arguments);
    outcome = FAILED;
    fiber_switch(ENGINE);
    abort();
}

void saw(unsigned outcome) { search.seen |= (uint32_t)1 << outcome; }

static unsigned choose(unsigned count) {
    if (count == 1) return 0;
    if (position == TRAIL_MAX) failed("more choices than the explorer can keep");
    if (position == trail_length) trail[trail_length++] = (struct node){(uint8_t)count, 0};
    if (trail[position].count != count) failed("the explorer: a replayed run takes another course");
    return trail[position++].chosen;
}

unsigned search_choose(unsigned count) { return choose(count); }

static bool enabled(unsigned thread) {
    return !run.threads[thread].done && !run.threads[thread].frozen;
}

static unsigned enabled_count(void) {
    unsigned count = 0;
    for (unsigned i = 0; i < run.scenario->threads; i++) count += enabled(i);
    return count;
}

static bool exhaustive(void) { return run.scenario->preemptions == UNBOUNDED; }

/* Whether two operations give the same result in either order. */
static bool independent(const struct thread_state *a, const struct thread_state *b) {
    if (a->at != b->at) return true;
    return a->pending->operation == OP_LOAD && b->pending->operation == OP_LOAD;
}

/* A thread takes its step: what depends on it must be tried again. */
static void wake(unsigned thread) {
    for (unsigned i = 0; i < run.scenario->threads; i++)
        if ((asleep >> i & 1) && !independent(&run.threads[i], &run.threads[thread]))
            asleep &= ~(1u << i);
    asleep &= ~(1u << thread);
}

static void freeze(unsigned thread) {
    run.threads[thread].frozen = true;
    asleep = 0;
    tell("         thread %u (%s) stops here for ever\n", thread, run.scenario->role[thread]);
}

static void fork_here(unsigned thread) {
    tell("         fork: thread %u (%s) goes on alone in the child\n", thread,
         run.scenario->role[thread]);
    for (unsigned i = 0; i < run.scenario->threads; i++)
        if (i != thread && enabled(i)) freeze(i);
    run.fork_left = false;
    run.forker = thread;
    asleep = 0;
}

/* The possibilities at this point, the current thread first. */
static unsigned list_options(unsigned me, uint8_t *options) {
    unsigned count = 0;
    bool going = me < THREADS_MAX && enabled(me);
    if (going && !(asleep >> me & 1)) options[count++] = (uint8_t)me;
    for (unsigned i = 0; i < run.scenario->threads; i++) {
        if (i == me || !enabled(i) || (asleep >> i & 1)) continue;
        if (going && run.preemptions_left == 0) continue;
        options[count++] = (uint8_t)i;
    }
    if (going && run.freezes_left > 0 && enabled_count() > 1) options[count++] = FREEZE;
    if (going && run.fork_left && enabled_count() > 1) options[count++] = FORK;
    return count;
}

/* Decide who goes on. ENGINE: the run is over. */
static unsigned pick(unsigned me) {
    for (;;) {
        uint8_t options[THREADS_MAX + 2];
        if (enabled_count() == 0) return ENGINE;
        unsigned count = list_options(me, options);
        if (count == 0) {
            outcome = PRUNED;
            return ENGINE;
        }
        unsigned chosen = choose(count);
        unsigned option = options[chosen];
        if (option == FREEZE) {
            run.freezes_left--;
            freeze(me);
            me = ENGINE;
        } else if (option == FORK) {
            fork_here(me);
        } else {
            if (me < THREADS_MAX && enabled(me) && option != me) run.preemptions_left--;
            for (unsigned i = 0; exhaustive() && i < chosen; i++) asleep |= 1u << options[i];
            wake(option);
            return option;
        }
    }
}

static void go_to(unsigned fiber) {
    unsigned me = run.current;
    if (fiber == me) return;
    registers_save(me);
    if (fiber < THREADS_MAX) {
        registers_load(fiber);
        run.current = fiber;
    }
    fiber_switch(fiber);
}

void search_step(const struct place *place, const volatile void *at) {
    struct thread_state *me = &run.threads[run.current];
    me->pending = place;
    me->at = at;
    if (shared_access(at, place->operation != OP_LOAD)) {
        if (!starting) {
            go_to(pick(run.current));
        } else {
            registers_save(run.current);
            fiber_switch(ENGINE);
        }
    }
    if (++run.steps > STEPS_MAX) failed("no end in sight after %u steps: not lock-free", STEPS_MAX);
}

static void thread_entry(unsigned thread) {
    run.scenario->work[thread]();
    run.threads[thread].done = true;
    registers_save(thread);
    if (starting) fiber_switch(ENGINE);
    unsigned next = pick(ENGINE);
    if (next < THREADS_MAX) {
        registers_load(next);
        run.current = next;
    }
    fiber_switch(next);
}

static void check_entry(unsigned fiber) {
    (void)fiber;
    run.phase = PHASE_CHECK;
    run.scenario->check();
    fiber_switch(ENGINE);
}

static void prepare_entry(unsigned fiber) {
    (void)fiber;
    run.phase = PHASE_PREPARE;
    run.scenario->prepare();
    fiber_switch(ENGINE);
}

void as_thread(unsigned thread, void (*work)(void)) {
    unsigned before = run.current;
    run.current = thread;
    registers_load(thread);
    work();
    registers_save(thread);
    run.current = before;
}

void search_prepare(const struct scenario *scenario) {
    memset(&run, 0, sizeof run);
    run.scenario = scenario;
    run.generation = 1;
    for (unsigned i = 0; i < THREADS_MAX; i++) registers_save(i);
    outcome = FINISHED;
    fiber_start(CHECKER, prepare_entry);
    fiber_switch(CHECKER);
    memcpy(prepared, run.threads, sizeof prepared);
    prepared_arena = arena;
    trail_length = 0;
    if (outcome == FAILED) {
        fprintf(stderr, "%s cannot be prepared: %s\n", scenario->name, failure);
        exit(2);
    }
}

static void begin(void) {
    const struct scenario *scenario = run.scenario;
    uint32_t generation = run.generation + 1;
    bool telling = run.telling;
    memset(&run, 0, sizeof run);
    run.scenario = scenario;
    run.generation = generation;
    run.telling = telling;
    run.phase = PHASE_RUN;
    run.preemptions_left = scenario->preemptions;
    run.stale_left = scenario->stale_reads;
    run.freezes_left = scenario->freezes;
    run.fork_left = scenario->fork;
    run.forker = ENGINE;
    memcpy(run.threads, prepared, sizeof prepared);
    arena = prepared_arena;
    position = asleep = 0;
    memory_reset();
    for (unsigned i = 0; i < scenario->threads; i++) run.threads[i].view.time[i] = 1;
}

/* Each thread up to its first atomic operation; before it, nothing depends on the others. */
static void start_threads(void) {
    starting = true;
    for (unsigned i = 0; i < run.scenario->threads && outcome == FINISHED; i++) {
        fiber_start(i, thread_entry);
        run.current = i;
        registers_load(i);
        fiber_switch(i);
    }
    starting = false;
}

static enum outcome run_once(void) {
    outcome = FINISHED;
    begin();
    start_threads();
    unsigned first = outcome == FINISHED ? pick(ENGINE) : ENGINE;
    if (first != ENGINE) {
        registers_load(first);
        run.current = first;
        fiber_switch(first);
    }
    if (outcome == FINISHED && run.scenario->check != NULL) {
        fiber_start(CHECKER, check_entry);
        fiber_switch(CHECKER);
    }
    run.phase = PHASE_PREPARE;
    plain_undo();
    return outcome;
}

/* The next list of choices; false: all were tried. */
static bool advance(void) {
    while (trail_length > 0 && trail[trail_length - 1].chosen + 1 == trail[trail_length - 1].count)
        trail_length--;
    if (trail_length == 0) return false;
    trail[trail_length - 1].chosen++;
    return true;
}

enum outcome search_next(void) {
    enum outcome result = run_once();
    trail_length = position;
    search.runs++;
    search.steps += run.steps;
    if (result == PRUNED) search.pruned++;
    return result;
}

bool search_more(void) {
    if (!shared_learnt()) return advance();
    trail_length = 0;
    return true;
}

void search_tell(void) {
    run.telling = true;
    run_once();
    run.telling = false;
}
