/* os_fuzz.c -- the OS layer over the arena: each call may fail, and each call is checked.
 *
 * Contract  What os.h asks of the allocator is asked here: sizes, alignments, whole mappings.
 * Purge     fails, zeroes, or leaves undefined which pages keep their contents; then they may be
 *           lost until the range is announced to be used again. Memory that was purged must not be
 *           handed out before that announcement (os_is_purged).
 */
#include "os_fuzz.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "protect.h"
#include "run.h"
#include "threads.h"

#define UNITS (ARENA_BYTES / UNIT_BYTES)

struct fuzz_os fuzz_os;

static bool purged[UNITS];
static uint32_t clock_ms;
static uint32_t dice; /* which pages an undefined purge takes */

void os_calm(void) {
    memset(fuzz_os.plan, 0, sizeof fuzz_os.plan);
    fuzz_os.purged = OS_PURGE_ZEROED;
    fuzz_os.hook_allocates = false;
}

void os_restart(size_t page_bytes) {
    os_calm();
    fuzz_os.page_bytes = page_bytes;
    fuzz_os.failures = fuzz_os.given_back = 0;
    fuzz_os.abort_expected = false;
    fuzz_os.message_length = 0;
    memset(purged, 0, sizeof purged);
    dice = 1;
    clock_ms = 0;
}

static bool fails(enum os_call call) {
    static const char *const names[OS_CALLS] = {
        "map", "purge", "unpurge", "protect", "resize", "move", "call at a thread's end"};
    if (fuzz_os.plan[call].fail == 0) return false;
    if (fuzz_os.plan[call].pass > 0) {
        fuzz_os.plan[call].pass--;
        return false;
    }
    fuzz_os.plan[call].fail--;
    fuzz_os.failures++;
    say("      the OS refuses to %s\n", names[call]);
    return true;
}

static void check_pages(const char *call, uintptr_t at, size_t bytes) {
    if (bytes == 0 || (at | bytes) % fuzz_os.page_bytes != 0)
        violated("%s(%#zx, %zu): no whole pages", call, at, bytes);
}

static void check_inside(const char *call, uintptr_t at, size_t bytes) {
    check_pages(call, at, bytes);
    uintptr_t end = arena_mapping_end(at);
    if (end == 0 || end - at < bytes) violated("%s(%#zx, %zu): not mapped", call, at, bytes);
}

size_t os_page_bytes(void) { return fuzz_os.page_bytes; }

void *os_map(size_t bytes, size_t align) {
    check_pages("os_map", align, bytes);
    if ((align & (align - 1)) != 0) violated("os_map: %#zx is no alignment", align);
    if (fails(OS_MAP)) return NULL;
    uintptr_t at = arena_map(bytes, align);
    if (at == 0) fuzz_os.failures++;
    else protect_mapped(at, bytes);
    say("      the OS maps %zu bytes at %#zx\n", bytes, at);
    return (void *)at;
}

static void set_purged(uintptr_t at, size_t bytes, bool value) {
    size_t first = (at - ARENA_BASE) / UNIT_BYTES;
    size_t end = (at - ARENA_BASE + bytes + UNIT_BYTES - 1) / UNIT_BYTES;
    memset(purged + first, value, end - first);
}

bool os_is_purged(uintptr_t at, size_t bytes) {
    size_t first = (at - ARENA_BASE) / UNIT_BYTES;
    size_t end = (at - ARENA_BASE + bytes + UNIT_BYTES - 1) / UNIT_BYTES;
    return memchr(purged + first, true, end - first) != NULL;
}

void os_unmap(void *base, size_t bytes) {
    check_inside("os_unmap", (uintptr_t)base, bytes);
    set_purged((uintptr_t)base, bytes, false);
    protect_lift((uintptr_t)base, bytes);
    arena_resize((uintptr_t)base, bytes, 0);
    protect_unmapped((uintptr_t)base, bytes);
    fuzz_os.given_back++;
    say("      the OS unmaps %zu bytes at %#zx\n", bytes, (uintptr_t)base);
}

/* Some pages of a range that was purged lose their contents now. */
static void lose_some(uintptr_t at, size_t bytes) {
    for (size_t offset = 0; offset < bytes; offset += fuzz_os.page_bytes) {
        dice = dice * 1664525 + 1013904223;
        if (dice >> 31 && os_is_purged(at + offset, 1)) arena_zero(at + offset, fuzz_os.page_bytes);
    }
}

enum os_purged os_purge(void *base, size_t bytes) {
    uintptr_t at = (uintptr_t)base;
    check_inside("os_purge", at, bytes);
    if (fails(OS_PURGE) || fuzz_os.purged == OS_PURGE_FAILED) return OS_PURGE_FAILED;
    set_purged(at, bytes, true);
    protect_lift(at, bytes);
    if (fuzz_os.purged == OS_PURGE_ZEROED) arena_zero(at, bytes);
    else lose_some(at, bytes);
    protect_restore(at, bytes);
    arena_lend(at, bytes);
    fuzz_os.given_back++;
    return fuzz_os.purged;
}

enum os_purged os_reset(void *base, size_t bytes) { return os_purge(base, bytes); }

bool os_unpurge(void *base, size_t bytes) {
    uintptr_t at = (uintptr_t)base;
    check_inside("os_unpurge", at, bytes);
    if (fails(OS_UNPURGE)) return false;
    protect_lift(at, bytes);
    if (fuzz_os.purged == OS_PURGE_UNDEFINED) lose_some(at, bytes);
    protect_restore(at, bytes);
    set_purged(at, bytes, false);
    return true;
}

bool os_protect(void *base, size_t bytes, bool accessible) {
    check_inside("os_protect", (uintptr_t)base, bytes);
    if (fails(OS_PROTECT)) return false;
    protect_set((uintptr_t)base, bytes, accessible);
    return true;
}

bool os_resize(void *base, size_t old_bytes, size_t new_bytes) {
    check_inside("os_resize", (uintptr_t)base, old_bytes);
    check_pages("os_resize", 0, new_bytes);
    uintptr_t at = (uintptr_t)base;
    if (fails(OS_RESIZE) || !arena_resize(at, old_bytes, new_bytes)) return false;
    if (new_bytes > old_bytes) protect_mapped(at + old_bytes, new_bytes - old_bytes);
    else protect_unmapped(at + new_bytes, old_bytes - new_bytes);
    return true;
}

bool os_move(void *from, size_t bytes, void *to) {
    check_inside("os_move", (uintptr_t)from, bytes);
    check_inside("os_move", (uintptr_t)to, bytes);
    if (fails(OS_MOVE)) return false;
    arena_copy(to, from, bytes);
    os_unmap(from, bytes);
    return true;
}

bool os_on_thread_exit(void (*callback)(void *), void *argument) {
    int saved = errno;
    if (fails(OS_HOOK)) return false;
    threads_on_exit(callback, argument);
    errno = saved;
    return true;
}

/* Each look at the clock finds that a while has passed. */
uint32_t os_milliseconds(void) { return clock_ms += 40; }

void os_hint_huge(void *base, size_t bytes, bool wanted) { (void)base, (void)bytes, (void)wanted; }

bool os_environment(const char *name, const char **value) {
    (void)name;
    *value = NULL;
    return true;
}

uint64_t os_random(void) {
    dice = dice * 1664525 + 1013904223;
    return dice * 0x9e3779b97f4a7c15u;
}

int os_error_code(enum os_failure failure) { return failure == OS_NO_MEMORY ? ENOMEM : EINVAL; }

void os_set_error(enum os_failure failure) { errno = os_error_code(failure); }

void os_write(const char *text, size_t length) {
    if (length > sizeof fuzz_os.message - 1) length = sizeof fuzz_os.message - 1;
    memcpy(fuzz_os.message, text, length);
    fuzz_os.message[length] = '\0';
    fuzz_os.message_length = length;
}

_Noreturn void os_abort(void) {
    if (fuzz_os.abort_expected) longjmp(fuzz_os.escape, 1);
    violated("nothing was wrong, but the allocator said: %s", fuzz_os.message);
}
