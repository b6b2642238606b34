/* os.h -- all that bitslab asks of an operating system.
 *
 * One file per OS implements it (os_linux.c, ...), and the build chooses which; there is no other
 * platform branch. Contract, for every function:
 *  - no call to malloc, stdio or anything else that could come back to the allocator;
 *  - usable before constructors have run, after destructors have, and in a forked child;
 *  - errno is preserved, except by os_set_error();
 *  - sizes and addresses are multiples of os_page_bytes(), unless stated otherwise.
 */
#ifndef OS_H
#define OS_H

#include <stdbool.h>
#include <stddef.h>

/** What the caller is to be told through errno. */
enum os_failure { OS_NO_MEMORY, OS_BAD_ARGUMENT };

/** The size of a page, in bytes; known only at run time. */
size_t os_page_bytes(void);

/** Map zeroed, readable and writable memory at a multiple of align (a power of two, at least a
 *  page). NULL on failure, with nothing left mapped. */
void *os_map(size_t bytes, size_t align);

/** The value of errno that stands for a failure. */
int os_error_code(enum os_failure failure);

/** Set errno for a call that failed. */
void os_set_error(enum os_failure failure);

/** Write text to standard error; errno stays as it is. */
void os_write(const char *text, size_t length);

/** End the process abnormally. */
_Noreturn void os_abort(void);

#endif
