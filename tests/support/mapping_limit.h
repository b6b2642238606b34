/* mapping_limit.h -- a limit on the memory of a program under Valgrind.
 *
 * Valgrind takes its own memory from the same address space and ends when there is none, so
 * RLIMIT_AS does not serve; and of RLIMIT_DATA it knows brk() alone. Here the calls that bitslab's
 * OS layer makes are counted instead, and fail as the kernel's would. For the one file that has
 * main().
 */
#ifndef TESTS_SUPPORT_MAPPING_LIMIT_H
#define TESTS_SUPPORT_MAPPING_LIMIT_H

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_long mapping_room = LONG_MAX;

/** From here on, this much more may be mapped. */
static inline void mapping_limit(size_t bytes) { mapping_room = (long)bytes; }

void *mmap(void *at, size_t bytes, int protection, int flags, int file, off_t offset) {
    if (atomic_fetch_sub(&mapping_room, (long)bytes) >= (long)bytes)
        return (void *)syscall(SYS_mmap, at, bytes, protection, flags, file, offset);
    atomic_fetch_add(&mapping_room, (long)bytes);
    errno = ENOMEM;
    return MAP_FAILED;
}

int munmap(void *at, size_t bytes) {
    if (syscall(SYS_munmap, at, bytes) != 0) return -1;
    atomic_fetch_add(&mapping_room, (long)bytes);
    return 0;
}

#endif
