/* kernel.c -- maps, unmaps and loses memory by the rules of the modelled OS. */
#define _GNU_SOURCE
#include "kernel.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define MAPPINGS_MAX 65536

struct mapping {
    uintptr_t base;
    size_t bytes; /* 0: the entry is unused */
};

static struct mapping mappings[MAPPINGS_MAX];
static unsigned highest; /* entry in use, plus 1 */
static pthread_mutex_t books = PTHREAD_MUTEX_INITIALIZER;
static _Atomic unsigned turns;
static _Atomic unsigned to_go, left, refused; /* calls until the first refusal, refusals */

_Noreturn void kernel_wrong(const char *what) {
    fprintf(stderr, "model: no correct port does this: %s\n", what);
    abort();
}

int double_refuse(unsigned nth, unsigned count) {
    unsigned before = refused;
    refused = 0;
    to_go = nth;
    left = count;
    return (int)before;
}

bool kernel_refuses(void) {
    if (left == 0 || (to_go > 1 && to_go--)) return false;
    left--;
    refused++;
    return true;
}

bool kernel_turn(void) { return turns++ % 2 != 0; }

bool kernel_pages(const void *base, size_t bytes) {
    return (((uintptr_t)base | bytes) & (kernel_page_bytes - 1)) == 0 && bytes != 0;
}

static void enter(uintptr_t base, size_t bytes) {
    unsigned i = 0;
    while (i < MAPPINGS_MAX && mappings[i].bytes != 0) i++;
    if (i == MAPPINGS_MAX) kernel_wrong("65536 mappings");
    mappings[i] = (struct mapping){base, bytes};
    if (i >= highest) highest = i + 1;
}

/* Bytes of a range that are mapped; *whole: of the mappings it meets, it has no part only. */
static size_t count(uintptr_t base, size_t bytes, bool *whole) {
    size_t sum = 0;
    *whole = true;
    for (unsigned i = 0; i < highest; i++) {
        uintptr_t from = mappings[i].base, to = from + mappings[i].bytes;
        uintptr_t low = from > base ? from : base, high = to < base + bytes ? to : base + bytes;
        if (low >= high) continue;
        sum += high - low;
        if (low != from || high != to) *whole = false;
    }
    return sum;
}

bool kernel_mapped(const void *base, size_t bytes) {
    bool whole;
    pthread_mutex_lock(&books);
    size_t sum = count((uintptr_t)base, bytes, &whole);
    pthread_mutex_unlock(&books);
    return sum == bytes;
}

bool kernel_whole(const void *base, size_t bytes) {
    bool whole;
    pthread_mutex_lock(&books);
    size_t sum = count((uintptr_t)base, bytes, &whole);
    pthread_mutex_unlock(&books);
    return sum == bytes && whole;
}

/* Room for the mapping and twice its alignment, from which the part is cut that is aligned, and is
 * not by twice as much. */
static void *place(size_t bytes, size_t align, int protection) {
    size_t room = bytes + 2 * align;
    if (room < bytes || room > PTRDIFF_MAX) return NULL;
    char *at = mmap(NULL, room, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) return NULL;
    uintptr_t start = ((uintptr_t)at + align - 1) & ~(uintptr_t)(align - 1);
    if ((start & align) == 0) start += align;
    size_t head = start - (uintptr_t)at;
    if (head != 0) munmap(at, head);
    if (room - head != bytes) munmap((char *)start + bytes, room - head - bytes);
    return (void *)start;
}

void *kernel_map(void *wanted, size_t bytes, size_t align, bool accessible) {
    int protection = accessible ? PROT_READ | PROT_WRITE : PROT_NONE;
    if (align < kernel_grain_bytes) align = kernel_grain_bytes;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
    void *at = MAP_FAILED;
    if (wanted != NULL) at = mmap(wanted, bytes, protection, flags, -1, 0);
    if (at == MAP_FAILED) at = place(bytes, align, protection);
    if (at == NULL) return NULL;
    pthread_mutex_lock(&books);
    enter((uintptr_t)at, bytes);
    pthread_mutex_unlock(&books);
    return at;
}

void kernel_unmap(void *base, size_t bytes) {
    uintptr_t start = (uintptr_t)base, end = start + bytes;
    bool whole;
    pthread_mutex_lock(&books);
    if (count(start, bytes, &whole) != bytes) kernel_wrong("unmapping what is not mapped");
    for (unsigned i = 0, entries = highest; i < entries; i++) {
        uintptr_t from = mappings[i].base, to = from + mappings[i].bytes;
        if (to <= start || from >= end) continue;
        mappings[i].bytes = 0;
        if (from < start) enter(from, start - from);
        if (to > end) enter(end, to - end);
    }
    munmap(base, bytes);
    pthread_mutex_unlock(&books);
}

void kernel_lose(void *base, size_t bytes) { madvise(base, bytes, MADV_DONTNEED); }

void kernel_lose_some(void *base, size_t bytes) {
    for (size_t at = 0; at < bytes; at += kernel_page_bytes)
        if (kernel_turn()) kernel_lose((char *)base + at, kernel_page_bytes);
    (void)kernel_turn(); /* the others, next time */
}

void kernel_protect(void *base, size_t bytes, bool accessible) {
    if (mprotect(base, bytes, accessible ? PROT_READ | PROT_WRITE : PROT_NONE) != 0)
        kernel_wrong("Linux refuses to protect");
}
