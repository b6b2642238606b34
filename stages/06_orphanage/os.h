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
#include <stdint.h>

#include "config.h"

/** What became of memory that was purged. */
enum os_purged {
    OS_PURGE_FAILED,    /**< nothing happened: the contents are kept     */
    OS_PURGE_UNDEFINED, /**< each page keeps its contents or reads zero  */
    OS_PURGE_ZEROED     /**< every byte reads zero                       */
};

/** What the caller is to be told through errno. */
enum os_failure { OS_NO_MEMORY, OS_BAD_ARGUMENT };

/** The size of a page, in bytes; known only at run time. */
size_t os_page_bytes(void);

/** Map zeroed, readable and writable memory at a multiple of align (a power of two) and of a page.
 *  NULL on failure, with nothing left mapped. */
void *os_map(size_t bytes, size_t align);

/** Unmap a whole mapping made by os_map or os_resize. */
void os_unmap(void *base, size_t bytes);

/** Let the OS take back the physical memory of a range that stays mapped. Nobody may touch it before
 *  os_unpurge: on some OSes it allows no access. */
enum os_purged os_purge(void *base, size_t bytes);

/** The same for a range that late threads may touch meanwhile: it can be read, and a page that was
 *  written to keeps what was written. Followed by os_unpurge, too. */
enum os_purged os_reset(void *base, size_t bytes);

/** Announce that a range will be used again that was purged, or parts of it were. False: the OS has
 *  no memory for it; the call may be repeated. */
bool os_unpurge(void *base, size_t bytes);

/** Forbid all access to a range that stays mapped, or allow it again; the contents are kept. False:
 *  the OS refuses, and nothing changed. */
bool os_protect(void *base, size_t bytes, bool accessible);

/** Resize a mapping where it is; new bytes are zero. False: not possible, nothing changed. */
bool os_resize(void *base, size_t old_bytes, size_t new_bytes);

/** Move a mapping's pages to the start of another, larger one; the old place is unmapped. False:
 *  this OS cannot, and both mappings are as before: the caller copies. */
bool os_move(void *from, size_t bytes, void *to);

/** Have callback(argument) called when this thread ends, by the thread itself; the same callback in
 *  every call. Calling it again changes the argument. What the callback arms, an OS may call or not.
 *  False: the OS refused, and nobody will call. */
bool os_on_thread_exit(void (*callback)(void *), void *argument);

#if BITSLAB_THREAD_KEY
/** The argument that the calling thread's exit hook was given last: found from the moment on when
 *  os_on_thread_exit begins to arm the hook, until the thread is gone; in the hook perhaps NULL until
 *  os_thread_ended. NULL: none, or the OS refused. */
void *os_thread_argument(void);

/** For the hook: what os_thread_argument finds from now on, whatever still runs in the thread. An OS may
 *  call the hook again, with this argument; it then has to say so again. */
void os_thread_ended(void (*callback)(void *), void *argument);
#endif

/** Milliseconds since some moment, of a clock that never goes back; it wraps around. Cheap: asked at
 *  every superpage that comes back, so a few milliseconds of inaccuracy are better than a system call.
 *  Where there is no clock, always the same. */
uint32_t os_milliseconds(void);

/** Say whether huge pages are wanted for a range. */
void os_hint_huge(void *base, size_t bytes, bool wanted);

/** *value: what a variable of the environment holds, or NULL: it is not set, or the process has more
 *  rights than whoever started it. False: it is too early to know. */
bool os_environment(const char *name, const char **value);

/** A number that nobody outside can foresee. */
uint64_t os_random(void);

/** The value of errno that stands for a failure. */
int os_error_code(enum os_failure failure);

/** Set errno for a call that failed. */
void os_set_error(enum os_failure failure);

/** Write text to standard error; errno stays as it is. */
void os_write(const char *text, size_t length);

/** End the process abnormally. */
_Noreturn void os_abort(void);

#endif
