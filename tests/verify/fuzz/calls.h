/* calls.h -- the operations of an input: each makes calls, and checks what they promise. */
#ifndef FUZZ_CALLS_H
#define FUZZ_CALLS_H

#include "run.h"
#include "shadow.h"

typedef void operation(const struct step *step);

/* calls.c: what a program may do. */
operation call_malloc, call_calloc, call_realloc, call_aligned, call_free, call_free_sized;

/* requests.c: requests that cannot be met, and about the whole heap. */
operation call_refused, call_null, call_trim, call_check, call_survey;

/* wrong.c: what a program may not do. */
operation wrong_free, wrong_again, wrong_resize, wrong_size, wrong_alignment, wrong_write;

/* steps.c: about threads and the OS. */

/** Free a block in the ordinary way. */
void free_block(struct block *block);

/** The OS's hook for the end of a thread allocates, as pthread_setspecific may. */
void call_from_hook(void);

/** Before a call that may fail, and after it. */
struct attempt {
    size_t failures;
};
struct attempt attempt(void);

/** NULL came back for so many bytes: was there a reason, and is errno set? */
void check_refusal(struct attempt before, size_t bytes, const char *function);

/** The size, and how often, that arguments of a step stand for. */
size_t size_from(uint8_t a, uint8_t b);
unsigned count_from(uint8_t c, size_t size);

/** The live block that an argument of a step stands for; NULL: there is none. */
struct block *block_from(unsigned argument, unsigned range);

#endif
