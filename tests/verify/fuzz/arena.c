/* arena.c -- which pages were written, and what follows from that. */
#define _GNU_SOURCE
#include "arena.h"

#include <string.h>
#include <sys/mman.h>

#include "run.h"

#define PAGE_SHIFT 10
#define PAGE_BYTES ((size_t)1 << PAGE_SHIFT)
#define PAGES (ARENA_BYTES >> PAGE_SHIFT)
#define WORD_PAGES 64

static uint64_t written[PAGES / WORD_PAGES];
static uint64_t lent[PAGES / WORD_PAGES];

void arena_reserve(void) {
    void *at = mmap((void *)ARENA_BASE, ARENA_BYTES, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    if (at != (void *)ARENA_BASE) violated("the addresses from %#zx on are taken", ARENA_BASE);
    (void)madvise(at, ARENA_BYTES, MADV_HUGEPAGE); /* fewer faults; not needed */
}

static size_t page_of(uintptr_t at) { return (at - ARENA_BASE) >> PAGE_SHIFT; }
static uintptr_t page_at(size_t page) { return ARENA_BASE + (page << PAGE_SHIFT); }
static size_t page_after(uintptr_t end) { return page_of(end + PAGE_BYTES - 1); }

/* Bits of a bitmap's word that stand for pages from `page` on and before `end`. */
static uint64_t bits_between(size_t page, size_t end) {
    uint64_t bits = ~(uint64_t)0 << page % WORD_PAGES;
    size_t next = (page / WORD_PAGES + 1) * WORD_PAGES;
    return next <= end ? bits : bits & ~(~(uint64_t)0 << end % WORD_PAGES);
}

static size_t next_word(size_t page) { return (page / WORD_PAGES + 1) * WORD_PAGES; }

/* Move to the next written page before `end`. */
static bool next_written(size_t *page, size_t end) {
    for (; *page < end; *page = next_word(*page)) {
        uint64_t word = written[*page / WORD_PAGES] & bits_between(*page, end);
        if (word == 0) continue;
        *page = *page / WORD_PAGES * WORD_PAGES + (size_t)__builtin_ctzll(word);
        return true;
    }
    return false;
}

void arena_touch(uintptr_t at, size_t bytes) {
    size_t end = page_after(at + bytes);
    for (size_t page = page_of(at); page < end; page = next_word(page)) {
        written[page / WORD_PAGES] |= bits_between(page, end);
        lent[page / WORD_PAGES] &= ~bits_between(page, end);
    }
}

/* The part of a range that lies in a page. */
static uintptr_t part(size_t page, uintptr_t at, size_t bytes, size_t *length) {
    uintptr_t from = page_at(page) > at ? page_at(page) : at;
    uintptr_t end = page_at(page + 1) < at + bytes ? page_at(page + 1) : at + bytes;
    *length = end - from;
    return from;
}

void arena_zero(uintptr_t at, size_t bytes) {
    size_t end = page_after(at + bytes), length;
    for (size_t page = page_of(at); next_written(&page, end); page++) {
        uintptr_t from = part(page, at, bytes, &length);
        memset((void *)from, 0, length);
        if (length != PAGE_BYTES || arena_stays_written(from)) continue;
        written[page / WORD_PAGES] &= ~((uint64_t)1 << page % WORD_PAGES);
    }
}

static bool reads_zero(uintptr_t at, size_t bytes) {
    const unsigned char *bytes_at = (const unsigned char *)at;
    return bytes == 0 || (bytes_at[0] == 0 && memcmp(bytes_at, bytes_at + 1, bytes - 1) == 0);
}

bool arena_is_zero(uintptr_t at, size_t bytes) {
    size_t end = page_after(at + bytes), length;
    for (size_t page = page_of(at); next_written(&page, end); page++) {
        uintptr_t from = part(page, at, bytes, &length);
        if (!reads_zero(from, length)) return false;
    }
    return true;
}

void arena_lend(uintptr_t at, size_t bytes) {
    size_t end = page_after(at + bytes);
    for (size_t page = page_of(at); page < end; page = next_word(page))
        lent[page / WORD_PAGES] |= bits_between(page, end);
}

uintptr_t arena_first_kept(uintptr_t at, size_t bytes) {
    size_t end = page_after(at + bytes);
    for (size_t page = page_of(at); next_written(&page, end); page++)
        if (!(lent[page / WORD_PAGES] >> page % WORD_PAGES & 1)) return page_at(page);
    return 0;
}

void arena_check_clean(void) {
    for (size_t page = 0; page < PAGES; page++) {
        if (written[page / WORD_PAGES] >> page % WORD_PAGES & 1) continue;
        if (!reads_zero(page_at(page), PAGE_BYTES))
            violated("somebody wrote to the page at %#zx, in which nobody has a block",
                     page_at(page));
    }
}

/* Clear a run of pages within a word at once. */
void arena_clear(void) {
    for (size_t page = 0; next_written(&page, PAGES); page = next_word(page)) {
        size_t word = page / WORD_PAGES;
        for (uint64_t left = written[word]; left != 0;) {
            size_t first = (size_t)__builtin_ctzll(left);
            uint64_t behind = ~(left >> first);
            size_t count = behind == 0 ? WORD_PAGES : (size_t)__builtin_ctzll(behind);
            memset((void *)page_at(word * WORD_PAGES + first), 0, count << PAGE_SHIFT);
            left &= first + count == WORD_PAGES ? 0 : ~(uint64_t)0 << (first + count);
        }
        written[word] = 0;
    }
    memset(lent, 0, sizeof lent);
}

/* The allocator's memset: clears blocks. */
void *arena_set(void *at, int byte, size_t bytes) {
    if (!in_arena((uintptr_t)at)) return memset(at, byte, bytes);
    if (byte == 0) {
        arena_zero((uintptr_t)at, bytes);
        return at;
    }
    arena_touch((uintptr_t)at, bytes + sizeof(uint64_t)); /* a canary follows */
    return memset(at, byte, bytes);
}

/* The allocator's memcpy: moves blocks. */
void *arena_copy(void *to, const void *from, size_t bytes) {
    uintptr_t source = (uintptr_t)from, target = (uintptr_t)to;
    if (!in_arena(source) || !in_arena(target)) return memcpy(to, from, bytes);
    size_t end = page_after(source + bytes), length;
    arena_zero(target, bytes);
    for (size_t page = page_of(source); next_written(&page, end); page++) {
        uintptr_t piece = part(page, source, bytes, &length);
        arena_touch(target + (piece - source), length);
        memcpy((void *)(target + (piece - source)), (const void *)piece, length);
    }
    return to;
}
