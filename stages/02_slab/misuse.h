/* misuse.h -- a pointer that is not what the caller claims: say so and stop.
 *
 * Going on would hand one block to two owners, so there is no error code: one line that names the
 * function, the pointer, what is wrong and the class, then abort().
 */
#ifndef MISUSE_H
#define MISUSE_H

/** A block that a function cannot accept. */
_Noreturn void misuse(const char *function, const void *block, const char *what);

/** A call from a second thread. */
_Noreturn void misuse_thread(void);

/** The same as misuse, for free. */
_Noreturn void misuse_free(const void *block, const char *what);

#endif
