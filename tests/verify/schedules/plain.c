/* plain.c -- every access that is not atomic: data races, and the way back to the start of a run.
 *
 * The stage's sources are compiled with -fsanitize=thread, but not linked with its run-time
 * library: the calls that the compiler puts before each access come here. For each byte we keep
 * when it was last written and read by whom, and two accesses of which neither happened before the
 * other (view.time) are a race. What a write overwrites is kept, so that plain_undo can bring the
 * memory back to where it was before the run. Source: Flanagan 2009 (FastTrack).
 */
#include "explore.h"

#include <string.h>

struct byte {
    uint16_t written; /* time of the writer's thread; 0: not in this run */
    uint8_t writer;
    uint16_t read[THREADS_MAX];
};

struct granule { /* eight bytes */
    uintptr_t at;
    uint32_t generation;
    struct byte bytes[8];
    const void *code[THREADS_MAX]; /* where each thread last touched it */
};

#define TABLE (1u << 15)
static struct granule table[TABLE];
static uintptr_t touched[TABLE]; /* where those of this run are */
static unsigned touched_count;

struct saved {
    volatile void *at;
    uint64_t old;
    unsigned bytes;
};

#define LOG (1u << 20)
static struct saved saved[LOG];
static size_t saved_count;

void plain_save(const volatile void *at, size_t bytes) {
    if (run.phase == PHASE_PREPARE || on_fiber_stack(at)) return;
    for (size_t done = 0; done < bytes; done += 8) {
        if (saved_count == LOG) failed("a run writes more than the explorer can undo");
        struct saved *entry = &saved[saved_count++];
        entry->at = (volatile char *)at + done;
        entry->bytes = bytes - done < 8 ? (unsigned)(bytes - done) : 8;
        memcpy(&entry->old, (const char *)at + done, entry->bytes);
    }
}

void plain_undo(void) {
    touched_count = 0;
    while (saved_count > 0) {
        saved_count--;
        memcpy((void *)saved[saved_count].at, &saved[saved_count].old, saved[saved_count].bytes);
    }
}

static struct granule *granule_of(uintptr_t at) {
    uintptr_t hash = (at >> 3) * 0x9e3779b97f4a7c15u >> 40;
    for (unsigned tries = 0; tries < TABLE; hash++, tries++) {
        struct granule *granule = &table[hash % TABLE];
        if (granule->generation == run.generation && granule->at != at) continue;
        if (granule->generation != run.generation) {
            touched[touched_count++] = at;
            *granule = (struct granule){.at = at, .generation = run.generation};
        }
        return granule;
    }
    failed("a run touches more memory than the explorer can watch");
}

static _Noreturn void race(const struct granule *granule, unsigned byte, unsigned other,
                           bool other_writes, bool writes, const void *code) {
    tell_source(other_writes ? "one access, a write" : "one access, a read", granule->code[other]);
    tell_source(writes ? "the other, a write" : "the other, a read", code);
    failed("data race on byte %#lx: thread %u (%s) and thread %u (%s), and neither access happens "
           "before the other",
           (unsigned long)granule->at + byte, other, run.scenario->role[other], run.current,
           run.scenario->role[run.current]);
}

static void touch(struct granule *granule, unsigned byte, bool writes, const void *code) {
    struct byte *state = &granule->bytes[byte];
    const struct view *view = &run.threads[run.current].view;
    unsigned me = run.current;
    if (state->written != 0 && state->writer != me && state->written > view->time[state->writer])
        race(granule, byte, state->writer, true, writes, code);
    for (unsigned i = 0; writes && i < run.scenario->threads; i++)
        if (i != me && state->read[i] > view->time[i]) race(granule, byte, i, false, true, code);
    if (writes) {
        state->written = view->time[me];
        state->writer = (uint8_t)me;
    } else {
        state->read[me] = view->time[me];
    }
    granule->code[me] = code;
}

static void access(const volatile void *at, size_t bytes, bool writes, const void *code) {
    if (run.phase != PHASE_RUN && !writes) return; /* most of all accesses: the walk at the end */
    if (on_fiber_stack(at) || plain_private(at)) return;
    if (writes) plain_save(at, bytes);
    if (run.phase != PHASE_RUN) return;
    uintptr_t byte = (uintptr_t)at;
    for (size_t i = 0; i < bytes; i++, byte++)
        touch(granule_of(byte & ~(uintptr_t)7), byte & 7, writes, code);
}

/* Memory that goes back to the OS is as good as written: whoever used it must be done before. */
void plain_gone(const void *base, size_t bytes, const void *code) {
    if (run.phase != PHASE_RUN) return;
    for (unsigned i = 0; i < touched_count; i++) {
        if (touched[i] - (uintptr_t)base >= bytes) continue;
        for (unsigned byte = 0; byte < 8; byte++) touch(granule_of(touched[i]), byte, true, code);
    }
}

#define HERE __builtin_return_address(0)
#define HOOKS(n)                                                            \
    void __tsan_read##n(void *at) { access(at, n, false, HERE); }           \
    void __tsan_write##n(void *at) { access(at, n, true, HERE); }           \
    void __tsan_unaligned_read##n(void *at) { access(at, n, false, HERE); } \
    void __tsan_unaligned_write##n(void *at) { access(at, n, true, HERE); } \
    void __tsan_read_write##n(void *at) { access(at, n, true, HERE); }      \
    void __tsan_unaligned_read_write##n(void *at) { access(at, n, true, HERE); }
HOOKS(1)
HOOKS(2)
HOOKS(4)
HOOKS(8)
HOOKS(16)
void __tsan_read_range(void *at, size_t bytes) { access(at, bytes, false, HERE); }
void __tsan_write_range(void *at, size_t bytes) { access(at, bytes, true, HERE); }
void __tsan_func_entry(void *caller) { (void)caller; }
void __tsan_func_exit(void) {}
void __tsan_init(void) {}

/* What the compiler leaves to the library; the sources under test are linked with these names. */
void *explore_memset(void *to, int value, size_t bytes);
void *explore_memcpy(void *to, const void *from, size_t bytes);

void *explore_memset(void *to, int value, size_t bytes) {
    access(to, bytes, true, HERE);
    return memset(to, value, bytes);
}

void *explore_memcpy(void *to, const void *from, size_t bytes) {
    access(from, bytes, false, HERE);
    access(to, bytes, true, HERE);
    return memcpy(to, from, bytes);
}
