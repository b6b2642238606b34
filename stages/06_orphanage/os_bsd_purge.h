/* os_bsd_purge.h -- giving memory back on FreeBSD, NetBSD and OpenBSD: it may keep its contents.
 *
 * Pages are lost when the kernel is short of memory, if nobody wrote to them meanwhile.
 */
#ifndef OS_BSD_PURGE_H
#define OS_BSD_PURGE_H

#include "os_bsd.h"

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

#endif
