/* explore.h -- what the parts of the explorer know of each other.
 *
 *   scenario_*.c  a few threads that do something to the allocator, and what must hold at the end
 *   search.c      which thread goes on at each step: depth first, all schedules or those with few
 *                 preemptions; freezes; replay
 *   memory.c      what each atomic operation reads and writes, in a weak memory model
 *   plain.c       every other access: data races, and the way back to the state before the run
 *   fiber.c       threads that stop where they are told
 *   story.c       a failing schedule in words
 *   os_explore.c  the OS: memory from an arena
 *
 * A run is one schedule of a scenario from its prepared state to its end. What the allocator wrote
 * is undone after it, so that each run starts from the same bytes.
 */
#ifndef EXPLORE_H
#define EXPLORE_H

#include "atomic.h"

#include <stddef.h>

#define THREADS_MAX 5
#define STEPS_MAX 3000    /* atomic operations of a run; more is a thread that does not end     */
#define LOCATIONS_MAX 128 /* that the atomic operations of a run touch                          */
#define STORES_MAX 120    /* to one location in a run                                           */

struct scenario {
    const char *name;
    const char *what;
    unsigned threads;
    unsigned preemptions; /* at most so many in a run; UNBOUNDED: every schedule                  */
    unsigned stale_reads; /* at most so many reads of a run may return an older value             */
    unsigned freezes;     /* at most so many threads stop for ever                                */
    bool fork;            /* one thread may go on alone: the child of a fork                      */
    bool counts;          /* the bytes that are mapped, and their limit, are modelled, too        */
    void (*prepare)(void);
    const char *role[THREADS_MAX];
    void (*work[THREADS_MAX])(void);
    void (*check)(void); /* after the run, as one thread that nobody disturbs                     */
    uint32_t outcomes;   /* a bit for each number that the runs must have told to saw(), all of
                          * them and no other; 0: not asked                                       */
};

#define UNBOUNDED 1000

/* What a thread knows: for each location, the oldest store that it may still read; for each thread,
 * the time up to which its accesses happened before. */
struct view {
    uint8_t seen[LOCATIONS_MAX];
    uint16_t time[THREADS_MAX];
};

struct thread_state {
    struct view view;
    const struct place *pending; /* the operation that it stopped before                          */
    const volatile void *at;
    uint64_t registers[4]; /* its thread-local variables while it is not running                  */
    bool done, frozen;
};

enum phase { PHASE_PREPARE, PHASE_RUN, PHASE_CHECK };

/** The state of the run. */
struct run {
    const struct scenario *scenario;
    enum phase phase;
    unsigned current; /* thread                                                                   */
    unsigned forker;  /* the thread that went on alone; ENGINE: nobody forked                     */
    unsigned steps;
    uint32_t generation; /* differs from run to run: what bears another one is out of date        */
    unsigned preemptions_left, stale_left, freezes_left;
    bool fork_left;
    bool telling; /* the story is wanted                                                          */
    struct thread_state threads[THREADS_MAX];
};

extern struct run run;

/* For scenarios. */

/** Do something as one of the threads, while the scenario is being prepared or checked. */
void as_thread(unsigned thread, void (*work)(void));
/** End the run: the scenario's promise is broken. */
_Noreturn void failed(const char *format, ...) __attribute__((format(printf, 1, 2)));
/** What came out of this run: one of 32 numbers. */
void saw(unsigned outcome);
#define must(condition, ...) ((condition) ? (void)0 : failed(__VA_ARGS__))
static inline bool ended(unsigned thread) { return run.threads[thread].done; }

/* search.c */
/** Before an atomic operation: another thread may go on first. */
void search_step(const struct place *place, const volatile void *at);
/** One of `count` possibilities. */
unsigned search_choose(unsigned count);

/* memory.c */
void memory_reset(void);

/* plain.c */
/** Have what lies there restored after the run. */
void plain_save(const volatile void *at, size_t bytes);
void plain_undo(void);
/** The current thread gives memory back to the OS. */
void plain_gone(const void *base, size_t bytes, const void *code);

/* glue.c */
/** Whether an access is not to be modelled: counters that nobody reads to decide anything, and
 *  thread-local variables, which all fibers find at one address. */
bool plain_private(const volatile void *at);
void registers_save(unsigned thread);
void registers_load(unsigned thread);

/* fiber.c */
void fibers_init(void);
bool on_fiber_stack(const volatile void *at);
void fiber_start(unsigned fiber, void (*entry)(unsigned));
/** Leave the current fiber and go on with another; ENGINE is the program's own stack. */
void fiber_switch(unsigned to);
#define ENGINE THREADS_MAX
#define CHECKER (THREADS_MAX + 1)
#define FIBERS (THREADS_MAX + 2)

/* story.c */
void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
void tell_step(const struct place *place, const volatile void *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void tell_source(const char *what, const void *code);

/* os_explore.c */
struct arena {
    char *next;
    void (*on_exit)(void *);
    void *exit_argument[THREADS_MAX];
    unsigned maps_failing;
    uint32_t now_ms;
};
extern struct arena arena;
void arena_init(void);
/** Run the exit hook of the current thread, as its end would. */
void thread_ends(void);

#endif
