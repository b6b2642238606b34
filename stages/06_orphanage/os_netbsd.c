/* os_netbsd.c -- the OS layer on NetBSD: mmap aligns, and purged memory may keep its contents. */
#include <time.h>

#define OS_CLOCK CLOCK_MONOTONIC
#include "os_bsd_purge.h"

#include "bits.h"

void *os_map(size_t bytes, size_t align) {
    int flags = align > os_page_bytes() ? MAP_ALIGNED(lowest_bit(align)) : 0;
    return map_aligned(bytes, align, flags);
}
