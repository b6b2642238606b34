/* os_explore.c -- the OS layer of the explorer: memory from an arena, thread ends on request. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "explore.h"
#include "os.h"

#include "../../support/os_least.h"

#define ARENA_AT ((char *)0x100000000000) /* the same in every process, so that stories repeat */
#define ARENA_BYTES ((size_t)64 << 20)

struct arena arena;

size_t os_page_bytes(void) { return 4096; }

void arena_init(void) {
    arena.next = mmap(ARENA_AT, ARENA_BYTES, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0);
    if (arena.next != ARENA_AT) {
        fprintf(stderr, "schedules: no memory at %p: %s\n", (void *)ARENA_AT, strerror(errno));
        exit(2);
    }
}

void *os_map(size_t bytes, size_t align) {
    char *at = (char *)(((uintptr_t)arena.next + align - 1) & ~(uintptr_t)(align - 1));
    if (at + bytes > ARENA_AT + ARENA_BYTES) return NULL;
    arena.next = at + bytes;
    return at;
}

/* Addresses are not used twice: a late access finds what was there. */
void os_unmap(void *base, size_t bytes) { plain_gone(base, bytes, __builtin_return_address(0)); }

enum os_purged os_purge(void *base, size_t bytes) {
    plain_gone(base, bytes, __builtin_return_address(0));
    return OS_PURGE_UNDEFINED;
}

/* Time passes when a scenario says so. */
uint32_t os_milliseconds(void) { return arena.now_ms; }

/* It is always too early to know the environment: the options' defaults hold. */
bool os_environment(const char *name, const char **value) {
    (void)name, (void)value;
    return false;
}

bool os_on_thread_exit(void (*callback)(void *), void *argument) {
    arena.on_exit = callback;
    arena.exit_argument[run.current] = argument;
    return true;
}

void thread_ends(void) { arena.on_exit(arena.exit_argument[run.current]); }

int os_error_code(enum os_failure failure) { return failure == OS_NO_MEMORY ? ENOMEM : EINVAL; }
void os_set_error(enum os_failure failure) { errno = os_error_code(failure); }

static char message[300];

void os_write(const char *text, size_t length) {
    snprintf(message, sizeof message, "%.*s", (int)length - 1, text);
}

_Noreturn void os_abort(void) { failed("the allocator aborts: %s", message); }
