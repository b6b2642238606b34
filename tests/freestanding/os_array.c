/* os_array.c -- an OS layer without an OS: all memory is one array.
 *
 * It implements the whole contract of a stage's os.h, for one thread. The freestanding test builds
 * every stage with it, natively and for WebAssembly.
 */
#include "os.h"

#include <stdint.h>

#include "../support/os_least.h"

#define PAGE_BYTES ((size_t)64 * 1024)
#define MEMORY_BYTES ((size_t)128 << 20)

static _Alignas(2 << 20) char memory[MEMORY_BYTES];
static size_t used;

int last_error; /* what errno would be */

size_t os_page_bytes(void) { return PAGE_BYTES; }

void *os_map(size_t bytes, size_t align) {
    uintptr_t base = (uintptr_t)memory;
    size_t start = ((base + used + align - 1) & ~(uintptr_t)(align - 1)) - base;
    if (start > MEMORY_BYTES || bytes > MEMORY_BYTES - start) return NULL;
    used = start + bytes;
    return memory + start;
}

#if STAGE >= 3
/* Only the last mapping's memory is used again; it must read as zero, then. */
void os_unmap(void *base, size_t bytes) {
    if ((char *)base + bytes != memory + used) return;
    __builtin_memset(base, 0, bytes);
    used -= bytes;
}

enum os_purged os_purge(void *base, size_t bytes) {
    (void)base, (void)bytes;
    return OS_PURGE_UNDEFINED;
}

uint32_t os_milliseconds(void) { return 0; }
#endif

#if STAGE >= 6
bool os_environment(const char *name, const char **value) {
    (void)name;
    *value = NULL;
    return true;
}

/* The only thread does not end. */
bool os_on_thread_exit(void (*callback)(void *), void *argument) {
    (void)callback, (void)argument;
    return true;
}
#endif

int os_error_code(enum os_failure failure) { return failure == OS_NO_MEMORY ? 12 : 22; }

void os_set_error(enum os_failure failure) { last_error = os_error_code(failure); }

void os_write(const char *text, size_t length) { (void)text, (void)length; }

_Noreturn void os_abort(void) { __builtin_trap(); }
