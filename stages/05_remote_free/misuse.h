/* misuse.h -- a pointer that is not what the caller claims: say so and stop.
 *
 * Going on would hand one block to two owners, so there is no error code: one line that names the
 * function, the pointer, what is wrong and the class, then abort().
 */
#ifndef MISUSE_H
#define MISUSE_H

/** A block that a function cannot accept. */
_Noreturn void misuse(const char *function, const void *block, const char *what);

/** The same, for free. It does not return either, but is not declared so: a fast path can then
 *  leave by a jump to it, and needs no stack frame. */
void misuse_free(const void *block, const char *what);

#endif
