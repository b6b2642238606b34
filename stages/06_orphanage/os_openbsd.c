/* os_openbsd.c -- the OS layer on OpenBSD: alignment by trimming, and memory that may be immutable.
 *
 * Thread-local variables are emulated there: the first access in a thread calls malloc. That is
 * OpenBSD's malloc, since bitslab does not take it over (systems.mk). To purge what a program made
 * immutable is refused: EPERM.
 */
#include <time.h>

#define OS_CLOCK CLOCK_MONOTONIC
#include "os_bsd_purge.h"

void *os_map(size_t bytes, size_t align) { return map_aligned(bytes, align, 0); }
