/* os_freebsd.c -- the OS layer on FreeBSD: mmap aligns, and purged memory may keep its contents. */
#include <time.h>

#define OS_CLOCK CLOCK_MONOTONIC_FAST
#include "os_bsd_purge.h"

#include "bits.h"

/* MAP_ALIGNED_SUPER is not asked for: it means another number in the same bits. */
void *os_map(size_t bytes, size_t align) {
    int flags = align > os_page_bytes() ? MAP_ALIGNED(lowest_bit(align)) : 0;
    return map_aligned(bytes, align, flags);
}
