/* os_bsd.h -- what FreeBSD, NetBSD, OpenBSD and macOS do alike; each of their ports includes it once.
 *
 * A port adds os_map, os_purge, os_reset and os_unpurge, and says which clock is cheap: OS_CLOCK; and
 * where the environment is, if not in environ: OS_ENVIRON; and how the kernel numbers the calling thread,
 * if threads are found in a table: OS_THREAD_NUMBER.
 */
#ifndef OS_BSD_H
#define OS_BSD_H

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "atomic.h"
#include "os.h"

size_t os_page_bytes(void) {
    static _Atomic size_t page_bytes;
    size_t bytes = atom_load(&page_bytes, relaxed);
    if (bytes == 0) {
        bytes = (size_t)sysconf(_SC_PAGESIZE);
        atom_store(&page_bytes, bytes, relaxed);
    }
    return bytes;
}

/* At an address, if nothing is there; or anywhere. The caller keeps errno. */
static char *map_near(void *wanted, size_t bytes, int flags) {
    void *at = mmap(wanted, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON | flags, -1, 0);
    return at == MAP_FAILED ? NULL : (char *)at;
}

/* Map more than is wanted, and unmap what lies before and behind the aligned part. A kernel that
 * cannot split the mapping gets all of it back. */
static inline char *map_and_trim(size_t bytes, size_t align) {
    size_t slack = align > os_page_bytes() ? align - os_page_bytes() : 0;
    if (bytes + slack < bytes) return NULL;
    char *at = map_near(NULL, bytes + slack, 0);
    if (at == NULL) return NULL;
    size_t head = (size_t)(-(uintptr_t)at & (align - 1));
    if (head != 0 && munmap(at, head) != 0) {
        (void)munmap(at, bytes + slack);
        return NULL;
    }
    at += head;
    if (slack - head != 0 && munmap(at + bytes, slack - head) != 0) {
        (void)munmap(at, bytes + slack - head);
        return NULL;
    }
    return at;
}

/* Map by the kernel's own alignment, which flags ask for. Where it has no such place, or knows none so
 * large, the slow way is tried. */
static inline char *map_aligned(size_t bytes, size_t align, int flags) {
    int saved = errno;
    char *at = map_near(NULL, bytes, flags);
    if (at != NULL && ((uintptr_t)at & (align - 1)) != 0) {
        (void)munmap(at, bytes);
        at = NULL;
    }
    if (at == NULL) at = map_and_trim(bytes, align);
    errno = saved;
    return at;
}

void os_unmap(void *base, size_t bytes) {
    int saved = errno;
    (void)munmap(base, bytes);
    errno = saved;
}

bool os_protect(void *base, size_t bytes, bool accessible) {
    int saved = errno;
    int failed = mprotect(base, bytes, accessible ? PROT_READ | PROT_WRITE : PROT_NONE);
    errno = saved;
    return !failed;
}

/* A mapping grows by another one that happens to fit behind it. */
static bool grow(char *end, size_t bytes) {
    char *at = map_near(end, bytes, 0);
    if (at == end) return true;
    if (at != NULL) (void)munmap(at, bytes);
    return false;
}

bool os_resize(void *base, size_t old_bytes, size_t new_bytes) {
    int saved = errno;
    char *end = (char *)base;
    bool done = new_bytes > old_bytes ? grow(end + old_bytes, new_bytes - old_bytes)
                                      : munmap(end + new_bytes, old_bytes - new_bytes) == 0;
    errno = saved;
    return done;
}

/* NetBSD's mremap would move pages, but not onto a mapping that is there. */
bool os_move(void *from, size_t bytes, void *to) {
    (void)from, (void)bytes, (void)to;
    return false;
}

/* They find out by themselves where large pages fit. */
void os_hint_huge(void *base, size_t bytes, bool wanted) { (void)base, (void)bytes, (void)wanted; }

#ifndef OS_ENVIRON
extern __attribute__((weak)) char **environ; /* the program's, which a library may be without */
#define OS_ENVIRON (&environ != NULL ? environ : NULL)
#endif

/* Not by getenv, which on some of them waits for a lock. */
bool os_environment(const char *name, const char **value) {
    size_t length = strlen(name);
    *value = NULL;
    if (OS_ENVIRON == NULL) return false;
    if (issetugid()) return true;
    for (char **at = OS_ENVIRON; *at != NULL; at++)
        if (strncmp(*at, name, length) == 0 && (*at)[length] == '=') *value = *at + length + 1;
    return true;
}

/* The key that carries the exit hook's argument. Two threads may both make one at first; the one
 * that comes second gives its own back. 0: none yet, else the key plus 1. Making a key and setting
 * its value may come back to malloc, which has its heap by then. */
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

#ifdef OS_THREAD_NUMBER
#include "os_thread_table.h"
#else
bool os_on_thread_exit(void (*callback)(void *), void *argument) {
    return arm_exit_hook(callback, argument);
}
#endif

uint32_t os_milliseconds(void) {
    int saved = errno;
    struct timespec now = {0};
    (void)clock_gettime(OS_CLOCK, &now);
    errno = saved;
    return (uint32_t)now.tv_sec * 1000u + (uint32_t)(now.tv_nsec / 1000000);
}

/* Straight from the kernel: arc4random may wait for a lock. */
uint64_t os_random(void) {
    int saved = errno;
    uint64_t number = 0;
    if (getentropy(&number, sizeof number) != 0)
        number = (uint64_t)os_milliseconds() << 32 ^ (uintptr_t)&number; /* better than nothing */
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

#endif
