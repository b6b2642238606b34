/* protect.c -- closed pages, remembered or real. */
#define _GNU_SOURCE
#include "protect.h"

#include <string.h>
#include <sys/mman.h>

#include "arena.h"
#include "run.h"

#define PAGE_BYTES ((uintptr_t)4096)
#define PAGES (ARENA_BYTES / PAGE_BYTES)

static bool closed[PAGES];

static size_t page_of(uintptr_t at) { return (at - ARENA_BASE) / PAGE_BYTES; }
static size_t page_after(uintptr_t end) { return page_of(end + PAGE_BYTES - 1); }

static void make_real(uintptr_t at, size_t bytes, bool accessible) {
    uintptr_t from = at & ~(PAGE_BYTES - 1);
    uintptr_t end = (at + bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
    int access = accessible ? PROT_READ | PROT_WRITE : PROT_NONE;
    if (run.thorough && bytes != 0 && mprotect((void *)from, end - from, access) != 0)
        violated("the kernel refuses to protect %#zx", at);
}

void protect_reset(void) {
    memset(closed, false, sizeof closed);
    make_real(ARENA_BASE, ARENA_BYTES, false);
}

void protect_mapped(uintptr_t at, size_t bytes) { make_real(at, bytes, true); }

void protect_unmapped(uintptr_t at, size_t bytes) {
    memset(closed + page_of(at), false, page_after(at + bytes) - page_of(at));
    make_real(at, bytes, false);
}

void protect_set(uintptr_t at, size_t bytes, bool accessible) {
    memset(closed + page_of(at), !accessible, page_after(at + bytes) - page_of(at));
    make_real(at, bytes, accessible);
}

bool protect_any_closed(uintptr_t at, size_t bytes) {
    return memchr(closed + page_of(at), true, page_after(at + bytes) - page_of(at)) != NULL;
}

bool protect_any_open(uintptr_t at, size_t bytes) {
    return memchr(closed + page_of(at), false, page_after(at + bytes) - page_of(at)) != NULL;
}

void protect_lift(uintptr_t at, size_t bytes) { make_real(at, bytes, true); }

void protect_restore(uintptr_t at, size_t bytes) {
    for (size_t page = page_of(at); page < page_after(at + bytes) && run.thorough; page++)
        if (closed[page]) make_real(ARENA_BASE + page * PAGE_BYTES, PAGE_BYTES, false);
}
