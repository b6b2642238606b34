/* run.h -- one input: a sequence of calls, and what is known while it runs. */
#ifndef FUZZ_RUN_H
#define FUZZ_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Four bytes each, so that what a mutation inserts or removes leaves the others' meaning alone. */
struct step {
    uint8_t what; /* bits 0 to 5: which operation; 6 and 7: the thread that does it */
    uint8_t a, b, c;
};

struct run {
    bool story;    /* print every call ...                                          */
    bool muted;    /* ... but for repetitions                                       */
    bool thorough; /* check everything after every step: for the kept corpus        */
    bool over;     /* a wrong call was caught: the heap is not to be used any more  */
    bool surveyed;
    size_t steps_done;
    size_t calls_left; /* an input may not take for ever                                */
    size_t calls_made; /* by all inputs                                                 */
};

extern struct run run;

/** The allocator broke a promise, or a call to the OS layer its contract: print it and abort(). */
_Noreturn void violated(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** A line of the story, if one is told. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
