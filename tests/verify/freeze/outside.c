/* outside.c -- what the library calls: not stepped through, and made to fail at times.
 *
 * The linker's --wrap sends each call of the library to a function of this file first. The victim
 * is let go there until the call returns, so it is never frozen inside libc, where it might hold a
 * lock that is not ours. The exit hook, too, comes back to the library through this file.
 */
#define _GNU_SOURCE
#include "outside.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>

#include "blocks.h"
#include "freeze.h"

_Thread_local enum failing failing;
_Thread_local void *map_hint;

void *__real_mmap(void *at, size_t bytes, int access, int flags, int file, off_t offset);
int __real_munmap(void *at, size_t bytes);
int __real_madvise(void *at, size_t bytes, int advice);
void *__real_mremap(void *at, size_t old_bytes, size_t bytes, int flags, ...);
void *__real_memset(void *at, int byte, size_t bytes);
void *__real_memcpy(void *to, const void *from, size_t bytes);
ssize_t __real_write(int file, const void *text, size_t bytes);
_Noreturn void __real_abort(void);
int __real_pthread_key_create(pthread_key_t *key, void (*callback)(void *));
int __real_pthread_key_delete(pthread_key_t key);
int __real_pthread_setspecific(pthread_key_t key, const void *value);

static bool refused(enum failing call) {
    if (failing != call) return false;
    errno = ENOMEM;
    return true;
}

void *__wrap_mmap(void *at, size_t bytes, int access, int flags, int file, off_t offset) {
    if (refused(FAIL_MAP)) return MAP_FAILED;
    if (at == NULL) at = map_hint;
    bool paused = watch_pause();
    void *base = __real_mmap(at, bytes, access, flags, file, offset);
    watch_resume(paused);
    return base;
}

int __wrap_munmap(void *at, size_t bytes) {
    bool paused = watch_pause();
    int failed = __real_munmap(at, bytes);
    watch_resume(paused);
    return failed;
}

int __wrap_madvise(void *at, size_t bytes, int advice) {
    if (refused(FAIL_ADVISE)) return -1;
    bool paused = watch_pause();
    int failed = __real_madvise(at, bytes, advice);
    watch_resume(paused);
    return failed;
}

/* Without MREMAP_FIXED there is no fifth argument. */
void *__wrap_mremap(void *at, size_t old_bytes, size_t bytes, int flags, ...) {
    va_list more;
    va_start(more, flags);
    void *to = flags & MREMAP_FIXED ? va_arg(more, void *) : NULL;
    va_end(more);
    if (refused(FAIL_MOVE) || (to == NULL && refused(FAIL_RESIZE))) return MAP_FAILED;
    bool paused = watch_pause();
    void *base = __real_mremap(at, old_bytes, bytes, flags, to);
    watch_resume(paused);
    return base;
}

void *__wrap_memset(void *at, int byte, size_t bytes) {
    bool paused = watch_pause();
    __real_memset(at, byte, bytes);
    watch_resume(paused);
    return at;
}

void *__wrap_memcpy(void *to, const void *from, size_t bytes) {
    bool paused = watch_pause();
    __real_memcpy(to, from, bytes);
    watch_resume(paused);
    return to;
}

/* The library's hook runs between two others: see exit_watched. */
static void (*hook)(void *);
_Thread_local bool exit_watched;

static void on_exit_of_thread(void *argument) {
    if (!exit_watched) {
        hook(argument);
        return;
    }
    watch_begin();
    hook(argument);
    watch_end();
    atomic_store(&victims_heap, NULL);
}

int __wrap_pthread_key_create(pthread_key_t *key, void (*callback)(void *)) {
    if (refused(FAIL_KEY)) return ENOMEM;
    bool paused = watch_pause();
    hook = callback;
    int failed = __real_pthread_key_create(key, on_exit_of_thread);
    watch_resume(paused);
    return failed;
}

int __wrap_pthread_key_delete(pthread_key_t key) {
    bool paused = watch_pause();
    int failed = __real_pthread_key_delete(key);
    watch_resume(paused);
    return failed;
}

int __wrap_pthread_setspecific(pthread_key_t key, const void *value) {
    if (refused(FAIL_KEY)) return ENOMEM;
    bool paused = watch_pause();
    int failed = __real_pthread_setspecific(key, value);
    watch_resume(paused);
    return failed;
}

/* A misuse is reported and ends the process; here it ends the call. */
_Thread_local jmp_buf *misuse_caught;

ssize_t __wrap_write(int file, const void *text, size_t bytes) {
    return misuse_caught != NULL ? (ssize_t)bytes : __real_write(file, text, bytes);
}

_Noreturn void __wrap_abort(void) {
    if (misuse_caught == NULL) __real_abort();
    watch_end();
    longjmp(*misuse_caught, 1);
}

int own_key_create(pthread_key_t *key, void (*callback)(void *)) {
    return __real_pthread_key_create(key, callback);
}
