/* os_wasm.c -- the OS layer in WebAssembly: memory only grows, so what is unmapped is kept in a list.
 *
 * For one thread. The host gives three functions to the module "bitslab": write(pointer, length) for
 * messages, random(), from 0 to 1, and milliseconds().
 */
#include "os.h"

#include "bits.h"

#define PAGE_BYTES ((size_t)64 * 1024)
#define HOST(name) __attribute__((import_module("bitslab"), import_name(#name)))

HOST(write) void host_write(const char *text, size_t length);
HOST(random) double host_random(void);
HOST(milliseconds) double host_milliseconds(void);

int last_error; /* there is no errno: 12, no memory, or 22, a bad argument */

size_t os_page_bytes(void) { return PAGE_BYTES; }

/* Ranges that are free, by address; neighbours are one. Each begins with its own entry. */
struct range {
    struct range *next;
    size_t bytes;
};
static struct range *free_ranges;

static char *end_of(struct range *range) { return (char *)range + range->bytes; }

static void insert(char *base, size_t bytes) {
    struct range **at = &free_ranges;
    while (*at != NULL && end_of(*at) < base) at = &(*at)->next;
    struct range *range = *at;
    if (range != NULL && end_of(range) == base) {
        range->bytes += bytes;
    } else {
        range = (struct range *)base;
        *range = (struct range){*at, bytes};
        *at = range;
    }
    struct range *next = range->next;
    if (next != NULL && end_of(range) == (char *)next)
        *range = (struct range){next->next, range->bytes + next->bytes};
}

/* The first free range with room for an aligned piece; what is left of it stays free. */
static char *take(size_t bytes, size_t align) {
    for (struct range **at = &free_ranges; *at != NULL; at = &(*at)->next) {
        struct range *range = *at;
        uintptr_t start = round_up((uintptr_t)range, align);
        size_t head = start - (uintptr_t)range;
        if (start < (uintptr_t)range || head > range->bytes || range->bytes - head < bytes)
            continue;
        size_t tail = range->bytes - head - bytes;
        if (head != 0) range->bytes = head;
        else *at = range->next;
        if (tail != 0) insert((char *)start + bytes, tail);
        return (char *)start;
    }
    return NULL;
}

static bool grow(size_t bytes) {
    size_t pages = bytes / PAGE_BYTES;
    size_t before = __builtin_wasm_memory_grow(0, pages);
    if (before == (size_t)-1) return false;
    insert((char *)(before * PAGE_BYTES), bytes);
    return true;
}

/* The memory may end in a free range, which then is part of what is needed; but asking for all of it
 * is simpler, and what is left over is used by the next. */
void *os_map(size_t bytes, size_t align) {
    if (align < PAGE_BYTES) align = PAGE_BYTES;
    char *at = take(bytes, align);
    if (at == NULL) {
        size_t slack = align - PAGE_BYTES;
        if (bytes + slack < bytes || !grow(bytes + slack)) return NULL;
        at = take(bytes, align);
    }
    return __builtin_memset(at, 0, bytes);
}

void os_unmap(void *base, size_t bytes) { insert(base, bytes); }

enum os_purged os_purge(void *base, size_t bytes) {
    (void)base, (void)bytes;
    return OS_PURGE_FAILED;
}

enum os_purged os_reset(void *base, size_t bytes) { return os_purge(base, bytes); }

bool os_unpurge(void *base, size_t bytes) {
    (void)base, (void)bytes;
    return true;
}

bool os_protect(void *base, size_t bytes, bool accessible) {
    (void)base, (void)bytes;
    return accessible; /* nothing is ever closed */
}

bool os_resize(void *base, size_t old_bytes, size_t new_bytes) {
    if (new_bytes > old_bytes) return false;
    insert((char *)base + new_bytes, old_bytes - new_bytes);
    return true;
}

bool os_move(void *from, size_t bytes, void *to) {
    (void)from, (void)bytes, (void)to;
    return false;
}

void os_hint_huge(void *base, size_t bytes, bool wanted) { (void)base, (void)bytes, (void)wanted; }

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

uint32_t os_milliseconds(void) { return (uint32_t)(int64_t)host_milliseconds(); }

uint64_t os_random(void) {
    uint64_t high = (uint64_t)(host_random() * 4294967296.0);
    return high << 32 | (uint64_t)(host_random() * 4294967296.0);
}

int os_error_code(enum os_failure failure) { return failure == OS_NO_MEMORY ? 12 : 22; }

void os_set_error(enum os_failure failure) { last_error = os_error_code(failure); }

void os_write(const char *text, size_t length) { host_write(text, length); }

_Noreturn void os_abort(void) { __builtin_trap(); }
