/* limit.h -- what happens when memory runs out.
 *
 * Limit     All mapped bytes are counted before they are mapped; a mapping that would exceed the
 *           limit is refused. The count and the limit are two words: who maps adds to the count and
 *           then looks at the limit again, who lowers the limit stores it and then looks at the count;
 *           all are seq_cst, so that one of them sees the other [LM-1]. It is never exceeded.
 * Reclaim   Before malloc gives up because of the limit, it gives back what this thread, the pool and
 *           the cache of huge blocks keep, and tries once more.
 * Callback  The program may free something of its own, and have malloc try again.
 */
#ifndef LIMIT_H
#define LIMIT_H

#include <stdbool.h>
#include <stddef.h>

/** Set the limit, in bytes; 0: none. False: more is in use, and the limit is as before. */
bool limit_set(size_t bytes);

/** Whether to try once more to allocate `size` bytes; the first time around, round is 0. */
bool memory_wanted(size_t size, unsigned round);

/** Tell the program, if it asked to be told, which error ends it. */
void error_reported(const char *message);

/** Tell the program, if it asked to be told, which error is about to end it. */
void error_reported(const char *message);

#endif
