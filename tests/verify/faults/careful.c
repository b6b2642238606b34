/* careful.c -- every call is made under suspicion. */
#include "careful.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bitslab.h"
#include "os_faults.h"

#ifndef BITSLAB_CHECKED
#define BITSLAB_CHECKED 0
#endif

#define BLOCKS_MAX 4096
#define UNTOUCHED 4321 /* a value of errno that no call sets */

struct entry {
    unsigned char *at; /* NULL: the entry is free */
    size_t size;
};

static struct entry table[BLOCKS_MAX];
static unsigned entries; /* used at least once */
static unsigned long refusals_needed = 1;
static unsigned long looks;
unsigned long careful_calls, careful_nulls;

__attribute__((format(printf, 1, 2), noreturn)) static void wrong(const char *format, ...) {
    va_list values;
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fprintf(stderr, " (OS call %lu, %lu refused)\n", faults_calls(), faults_refused());
    _exit(1);
}

#define DEMAND(condition, ...)                \
    do {                                      \
        if (!(condition)) wrong(__VA_ARGS__); \
    } while (0)

/* Which bytes are looked at does not depend on the block's size, so that what is left of a block
 * after realloc can be checked. Larger blocks are looked at more coarsely. */
static size_t next_mark(size_t at) {
    if (at < 4 * KIB) return at + (at < 512 ? 1 : 509);
    return at + (at < 64 * KIB ? 16381 : at < 2 * MIB ? 65521 : 262139);
}

static unsigned char mark_at(const struct entry *entry, size_t at) {
    size_t seed = (size_t)(entry - table) + 1;
    return (unsigned char)((seed * 0x9E3779B97F4A7C15u + at * 0x2545F491u) >> 13);
}

static void fill(struct entry *entry) {
    if (entry->size == 0) return; /* it may lie where no access is allowed */
    for (size_t at = 0; at < entry->size; at = next_mark(at)) entry->at[at] = mark_at(entry, at);
    entry->at[entry->size - 1] = mark_at(entry, entry->size - 1);
}

static void check(const struct entry *entry, size_t size, const char *when) {
    for (size_t at = 0; at < size; at = next_mark(at))
        DEMAND(entry->at[at] == mark_at(entry, at), "%s: byte %zu of %zu at %p is lost", when, at,
               entry->size, (void *)entry->at);
    if (size == entry->size && size != 0)
        DEMAND(entry->at[size - 1] == mark_at(entry, size - 1), "%s: the last byte of %zu is lost",
               when, size);
}

void careful_look(void) {
    struct bitslab_survey now;
    for (unsigned i = 0; i < entries; i++)
        if (table[i].at != NULL) check(&table[i], table[i].size, "all blocks");
    bitslab_survey(&now);
    DEMAND(faults_ledger() == now.mapped_bytes, "the OS has given %zu bytes, bitslab knows of %zu",
           faults_ledger(), now.mapped_bytes);
}

/* Around each call: what was so before it, and what must be so after it. */
struct call {
    unsigned long refused, met;
};

static struct call begin(void) {
    careful_calls++;
    errno = UNTOUCHED;
    return (struct call){faults_refused(), faults_met()};
}

static void end(const struct call *before, const char *name, size_t size, bool null) {
    int error = errno;
    careful_nulls += null;
    if (null) {
        DEMAND(error == ENOMEM, "%s, %zu bytes: NULL, but errno is %d", name, size, error);
        DEMAND(faults_met() - before->met >= refusals_needed,
               "%s, %zu bytes: NULL after %lu refusals instead of %lu", name, size,
               faults_met() - before->met, refusals_needed);
    } else {
        DEMAND(error == UNTOUCHED, "%s, %zu bytes: errno became %d", name, size, error);
    }
    /* Where nearly all calls are refused, one in 16 looks is left, so that time is left, too. */
    if (faults_refused() == before->refused) return;
    if (looks < 16 || looks % 16 == 0) careful_look();
    looks++;
}

static block_t enter(unsigned char *at, size_t size, size_t align, bool zero) {
    unsigned i = 0;
    if (at == NULL) return NOTHING;
    while (i < entries && table[i].at != NULL) i++;
    DEMAND(i < BLOCKS_MAX, "the table of blocks is too small");
    if (i == entries) entries++;
    DEMAND((uintptr_t)at % align == 0, "%p is not aligned to %zu", (void *)at, align);
    DEMAND(bitslab_usable_size(at) >= size, "%p holds less than %zu bytes", (void *)at, size);
    for (size_t p = 0; zero && p < size; p += p < 64 * KIB ? 1 : 16381)
        DEMAND(at[p] == 0, "calloc: byte %zu of %zu is not zero", p, size);
    table[i] = (struct entry){at, size};
    fill(&table[i]);
    return (block_t)i;
}

block_t careful_malloc(size_t size) {
    struct call call = begin();
    void *at = bitslab_malloc(size);
    end(&call, "malloc", size, at == NULL);
    return enter(at, size, 16, false);
}

block_t careful_calloc(size_t size) {
    struct call call = begin();
    void *at = bitslab_calloc(1, size);
    end(&call, "calloc", size, at == NULL);
    return enter(at, size, 16, true);
}

static void *memalign_of_posix(size_t align, size_t size) {
    void *at = NULL;
    int error = bitslab_posix_memalign(&at, align, size);
    DEMAND(errno == UNTOUCHED, "posix_memalign: errno became %d", errno);
    DEMAND(error == (at == NULL ? ENOMEM : 0), "posix_memalign returned %d", error);
    if (error != 0) errno = error;
    return at;
}

/* By both functions in turn. */
block_t careful_aligned(size_t align, size_t size) {
    struct call call = begin();
    bool posix = careful_calls % 2 != 0;
    void *at = posix ? memalign_of_posix(align, size) : bitslab_aligned_alloc(align, size);
    end(&call, posix ? "posix_memalign" : "aligned_alloc", size, at == NULL);
    return enter(at, size, align, false);
}

bool careful_realloc(block_t block, size_t size) {
    if (block == NOTHING) return false;
    struct entry *entry = &table[block];
    check(entry, entry->size, "before realloc");
    struct call call = begin();
    void *at = bitslab_realloc(entry->at, size);
    if (at != NULL) {
        size_t kept = size < entry->size ? size : entry->size;
        entry->at = at;
        check(entry, kept, "realloc");
        entry->size = size;
        fill(entry);
    }
    end(&call, "realloc", size, at == NULL);
    check(entry, entry->size, "after realloc");
    return at != NULL;
}

void careful_free(block_t block) {
    if (block == NOTHING) return;
    struct entry *entry = &table[block];
    unsigned char *at = entry->at;
    check(entry, entry->size, "free");
    entry->at = NULL;
    struct call call = begin();
    bitslab_free(at);
    end(&call, "free", entry->size, false);
}

void careful_trim(void) {
    struct call call = begin();
    struct bitslab_survey now;
    unsigned long given = faults_given_back();
    int any = bitslab_trim();
    end(&call, "trim", 0, false);
    DEMAND(!any || faults_given_back() != given, "trim says that it gave back what it did not");
    bitslab_survey(&now);
    DEMAND(now.cached_bytes == 0, "trim left %zu bytes cached", now.cached_bytes);
}

void careful_free_all(unsigned keep) {
    for (unsigned i = 0; i < entries; i++)
        if (table[i].at != NULL && (keep == 0 || i % keep != 0)) careful_free((block_t)i);
}

void careful_persist(bool persistent) { refusals_needed = persistent ? 2 : 1; }

/* Everything is in the pool, and nothing else is left but book-keeping. */
static void demand_all_pooled(const char *when) {
    struct bitslab_survey now;
    careful_trim();
    careful_look();
    bitslab_survey(&now);
    DEMAND(now.superpages_pooled == now.superpages,
           "%s: %zu superpages, but %zu in the pool, %zu owned, %zu orphaned", when, now.superpages,
           now.superpages_pooled, now.superpages_owned, now.superpages_orphaned);
    DEMAND(now.huge_blocks == 0, "%s: %zu huge blocks are left", when, now.huge_blocks);
}

/* A thread that was refused its exit hook had to give its heap back after each call; now it keeps
 * one again. */
static void demand_own_heap(void) {
    struct bitslab_survey now;
    /* No bin that another thread left; where large blocks have a mapping of their own, the largest. */
    block_t block = careful_malloc((BITSLAB_CHECKED ? 30 : 300) * KIB);
    bitslab_survey(&now);
    DEMAND(now.superpages_owned > 0, "this thread does not keep a heap any more");
    careful_free(block);
}

void careful_end(void) {
    struct bitslab_stats before, after;
    careful_free_all(0);
    faults_disarm(); /* so NULL is no answer from here on */
    demand_own_heap();
    demand_all_pooled("at the end");
    bitslab_stats(&before);
    for (size_t i = 0; i < before.superpages; i++) careful_malloc(31 * 64 * KIB);
    bitslab_stats(&after);
    DEMAND(after.superpages == before.superpages, "%zu superpages do not serve again",
           before.superpages);
    careful_free_all(0);
    demand_all_pooled("after using all of it again");
}
