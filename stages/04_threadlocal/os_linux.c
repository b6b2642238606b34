/* os_linux.c -- the OS layer on Linux, with glibc or musl.
 *
 * Mappings go through libc's mmap, not raw system calls, so that sanitizers see them.
 */
#define _GNU_SOURCE
#include "os.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "atomic.h"

size_t os_page_bytes(void) {
    static _Atomic size_t page_bytes;
    size_t bytes = atom_load(&page_bytes, relaxed);
    if (bytes == 0) {
        bytes = (size_t)sysconf(_SC_PAGESIZE);
        atom_store(&page_bytes, bytes, relaxed);
    }
    return bytes;
}

static char *map(size_t bytes) {
    int saved = errno;
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    errno = saved;
    return at == MAP_FAILED ? NULL : (char *)at;
}

void os_unmap(void *base, size_t bytes) {
    int saved = errno;
    (void)munmap(base, bytes);
    errno = saved;
}

void *os_map(size_t bytes, size_t align) {
    /* The kernel puts a mapping below the last one, so the next superpage is often aligned. */
    char *at = map(bytes);
    if (at == NULL || ((uintptr_t)at & (align - 1)) == 0) return at;
    os_unmap(at, bytes);
    size_t slack = align - os_page_bytes();
    if (bytes + slack < bytes) return NULL;
    at = map(bytes + slack);
    if (at == NULL) return NULL;
    size_t head = (size_t)(-(uintptr_t)at & (align - 1));
    if (head != 0) os_unmap(at, head);
    if (slack - head != 0) os_unmap(at + head + bytes, slack - head);
    return at + head;
}

enum os_purged os_purge(void *base, size_t bytes) {
    int saved = errno;
    int failed = madvise(base, bytes, MADV_DONTNEED);
    errno = saved;
    return failed ? OS_PURGE_FAILED : OS_PURGE_ZEROED;
}

bool os_unpurge(void *base, size_t bytes) {
    (void)base;
    (void)bytes;
    return true;
}

bool os_resize(void *base, size_t old_bytes, size_t new_bytes) {
    int saved = errno;
    char *end = (char *)base + new_bytes;
    /* To shrink by mremap is the same, but qemu-user then closes what lies behind the mapping. */
    bool done = new_bytes < old_bytes ? munmap(end, old_bytes - new_bytes) == 0
                                      : mremap(base, old_bytes, new_bytes, 0) != MAP_FAILED;
    errno = saved;
    return done;
}

bool os_move(void *from, size_t bytes, void *to) {
    int saved = errno;
    void *at = mremap(from, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, to);
    errno = saved;
    return at != MAP_FAILED;
}

int os_error_code(enum os_failure failure) { return failure == OS_NO_MEMORY ? ENOMEM : EINVAL; }

void os_set_error(enum os_failure failure) { errno = os_error_code(failure); }

void os_write(const char *text, size_t length) {
    int saved = errno;
    while (length > 0) {
        ssize_t written = write(STDERR_FILENO, text, length);
        if (written <= 0) break;
        text += written;
        length -= (size_t)written;
    }
    errno = saved;
}

_Noreturn void os_abort(void) { abort(); }
