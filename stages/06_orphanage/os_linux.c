/* os_linux.c -- the OS layer on Linux, with glibc or musl.
 *
 * Mappings go through libc's mmap, not raw system calls, so that sanitizers see them.
 */
#define _GNU_SOURCE
#include "os.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>
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

enum os_purged os_reset(void *base, size_t bytes) { return os_purge(base, bytes); }

bool os_unpurge(void *base, size_t bytes) {
    (void)base;
    (void)bytes;
    return true;
}

bool os_protect(void *base, size_t bytes, bool accessible) {
    int saved = errno;
    int failed = mprotect(base, bytes, accessible ? PROT_READ | PROT_WRITE : PROT_NONE);
    errno = saved;
    return !failed;
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

/* The key that carries the exit hook's argument. Two threads may both make one at first; the one
 * that comes second gives its own back. 0: none yet, else the key plus 1. */
static _Atomic uintptr_t exit_key;

static bool get_exit_key(void (*callback)(void *), pthread_key_t *key) {
    /* [TX-1] acquire: what libc wrote for the key is seen before the key is used. */
    uintptr_t known = atom_load(&exit_key, acquire);
    if (known == 0) {
        if (pthread_key_create(key, callback) != 0) return false;
        uintptr_t ours = (uintptr_t)*key + 1;
        if (atom_cas(&exit_key, &known, ours, acq_rel, acquire)) return true; /* [TX-1] */
        pthread_key_delete(*key);
    }
    *key = (pthread_key_t)(known - 1);
    return true;
}

static bool arm_exit_hook(void (*callback)(void *), void *argument) {
    int saved = errno;
    pthread_key_t key;
    bool armed = get_exit_key(callback, &key) && pthread_setspecific(key, argument) == 0;
    errno = saved;
    return armed;
}

#if BITSLAB_THREAD_KEY /* to try it here: os_openbsd.c */
#define OS_THREAD_NUMBER gettid()
#include "os_thread_table.h"
#else
bool os_on_thread_exit(void (*callback)(void *), void *argument) {
    return arm_exit_hook(callback, argument);
}
#endif

uint32_t os_milliseconds(void) {
    int saved = errno;
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now); /* a few ns: no system call */
    errno = saved;
    return (uint32_t)now.tv_sec * 1000u + (uint32_t)(now.tv_nsec / 1000000);
}

void os_hint_huge(void *base, size_t bytes, bool wanted) {
    int saved = errno;
    (void)madvise(base, bytes, wanted ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    errno = saved;
}

bool os_environment(const char *name, const char **value) {
    if (environ == NULL) return false;
    *value = secure_getenv(name); /* takes no lock, and looks at nothing but environ */
    return true;
}

uint64_t os_random(void) {
    int saved = errno;
    uint64_t number = 0;
    struct timespec now;
    if (getrandom(&number, sizeof number, GRND_NONBLOCK) != sizeof number) {
        /* Too early after the start of the system: better than nothing. */
        clock_gettime(CLOCK_MONOTONIC, &now);
        number = (uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec ^ (uintptr_t)&number;
    }
    errno = saved;
    return number;
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
