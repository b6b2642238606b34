/* os_netbsd.c -- the OS layer on NetBSD: mmap aligns, and purged memory may keep its contents. */
#include <time.h>

#define OS_CLOCK CLOCK_MONOTONIC
#include "os_bsd.h"

#include "bits.h"

/* The kernel is asked for the alignment; where it has no such place, or knows none so large, the
 * slow way is tried. */
void *os_map(size_t bytes, size_t align) {
    int saved = errno;
    int flags = align > os_page_bytes() ? MAP_ALIGNED(lowest_bit(align)) : 0;
    char *at = map_near(NULL, bytes, flags);
    if (at != NULL && ((uintptr_t)at & (align - 1)) != 0) {
        (void)munmap(at, bytes);
        at = NULL;
    }
    if (at == NULL) at = map_and_trim(bytes, align);
    errno = saved;
    return at;
}

/* Pages are lost when the kernel is short of memory, if nobody wrote to them meanwhile. */
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
