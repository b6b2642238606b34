/* os_figure.c -- the OS layer of the live figures: pages of 64 KiB in one array.
 *
 * It implements the whole contract of a stage's os.h, for one thread: the first free run of pages is
 * mapped, and what is given back reads as zero again.
 */
#include "os.h"

#include <stdint.h>

#include "../../tests/support/os_least.h"
#include "figure.h"

#define PAGE_BYTES ((size_t)64 * 1024)
#define PAGES (MEMORY_BYTES / PAGE_BYTES)

#ifdef __wasm__
static _Alignas(32 << 20) char array[MEMORY_BYTES];
static char *memory(void) { return array; }
#else
#include <sys/mman.h>
static char *memory(void) {
    static char *at;
    if (at == NULL)
        at = mmap((void *)((uintptr_t)32 << 20), MEMORY_BYTES, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    return at;
}
#endif

uintptr_t memory_base(void) { return (uintptr_t)memory(); }

static bool taken[PAGES];
uint32_t figure_thread;

static size_t pages_of(size_t bytes) { return (bytes + PAGE_BYTES - 1) / PAGE_BYTES; }

static void mark(size_t first, size_t count, bool value) {
    for (size_t i = 0; i < count; i++) taken[first + i] = value;
}

static bool is_free(size_t first, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (taken[first + i]) return false;
    return true;
}

size_t os_page_bytes(void) { return PAGE_BYTES; }

void *os_map(size_t bytes, size_t align) {
    size_t count = pages_of(bytes);
    size_t step = pages_of(align);
    for (size_t first = 0; count <= PAGES && first <= PAGES - count; first += step) {
        if (!is_free(first, count)) continue;
        mark(first, count, true);
        return memory() + first * PAGE_BYTES;
    }
    return NULL;
}

#if STAGE >= 3
static size_t page_at(const void *address) {
    return (size_t)((const char *)address - memory()) / PAGE_BYTES;
}

void os_unmap(void *base, size_t bytes) {
    __builtin_memset(base, 0, bytes);
    mark(page_at(base), pages_of(bytes), false);
}

enum os_purged os_purge(void *base, size_t bytes) {
    __builtin_memset(base, 0, bytes);
    return OS_PURGE_ZEROED;
}

uint32_t os_milliseconds(void) { return 0; }
#endif

#if STAGE >= 6
bool os_environment(const char *name, const char **value) {
    (void)name;
    *value = NULL;
    return true;
}

static struct {
    void (*callback)(void *);
    void *argument;
} at_exit[FIGURE_THREADS];

bool os_on_thread_exit(void (*callback)(void *), void *argument) {
    at_exit[figure_thread].callback = callback;
    at_exit[figure_thread].argument = argument;
    return true;
}

void thread_ends(void) {
    if (at_exit[figure_thread].callback != NULL)
        at_exit[figure_thread].callback(at_exit[figure_thread].argument);
    at_exit[figure_thread].callback = NULL;
}
#endif

int os_error_code(enum os_failure failure) { return failure == OS_NO_MEMORY ? 12 : 22; }

void os_set_error(enum os_failure failure) { (void)failure; }

void os_write(const char *text, size_t length) { (void)text, (void)length; }

_Noreturn void os_abort(void) { __builtin_trap(); }
