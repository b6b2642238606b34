/* bsd.h -- the calls that the BSDs and macOS share, in the place of Linux's; after sys/mman.h. */
#ifndef TESTS_PORTS_DOUBLES_BSD_H
#define TESTS_PORTS_DOUBLES_BSD_H

#include <stddef.h>
#include <sys/types.h>

void *bsd_mmap(void *wanted, size_t bytes, int protection, int flags, int file, off_t offset);
int bsd_munmap(void *base, size_t bytes);
int bsd_mprotect(void *base, size_t bytes, int protection);
int bsd_madvise(void *base, size_t bytes, int advice);
long bsd_sysconf(int name);
int issetugid(void);

#define mmap bsd_mmap
#define munmap bsd_munmap
#define mprotect bsd_mprotect
#define madvise bsd_madvise
#define sysconf bsd_sysconf

/* The BSDs' numbers, which are not Linux's. */
#define MAP_ALIGNMENT_SHIFT 24
#undef MADV_FREE

#endif
