/* os_openbsd.c -- the OS layer on OpenBSD: alignment by trimming, and memory that may be immutable.
 *
 * Thread-local variables are emulated there: the first access in a thread calls malloc. So does the first
 * look at a key's value, and when a thread ends its values are freed one by one after the last destructor
 * has run. So a thread is found in a table, and a key only calls its exit hook. To purge what a program
 * made immutable is refused: EPERM.
 */
#include <time.h>

#define OS_CLOCK CLOCK_MONOTONIC
#define OS_THREAD_NUMBER getthrid()
#include "os_bsd_purge.h"

void *os_map(size_t bytes, size_t align) { return map_aligned(bytes, align, 0); }
