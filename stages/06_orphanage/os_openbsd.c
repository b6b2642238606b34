/* os_openbsd.c -- the OS layer on OpenBSD: alignment by trimming, and memory that may be immutable.
 *
 * Thread-local variables are emulated there: the first access in a thread calls malloc. That is
 * OpenBSD's malloc, since bitslab does not take it over (systems.mk).
 */
#include <time.h>

#define OS_CLOCK CLOCK_MONOTONIC
#include "os_bsd.h"

void *os_map(size_t bytes, size_t align) {
    int saved = errno;
    char *at = map_near(NULL, bytes, 0);
    if (at != NULL && ((uintptr_t)at & (align - 1)) != 0) {
        (void)munmap(at, bytes);
        at = map_and_trim(bytes, align);
    }
    errno = saved;
    return at;
}

/* Pages are lost when the kernel is short of memory, if nobody wrote to them meanwhile. What a
 * program made immutable is refused: EPERM. */
enum os_purged os_purge(void *base, size_t bytes) {
    int saved = errno;
    int failed = madvise(base, bytes, MADV_FREE);
    errno = saved;
    return failed ? OS_PURGE_FAILED : OS_PURGE_UNDEFINED;
}

enum os_purged os_reset(void *base, size_t bytes) { return os_purge(base, bytes); }

bool os_unpurge(void *base, size_t bytes) {
    (void)base, (void)bytes;
    return true;
}
