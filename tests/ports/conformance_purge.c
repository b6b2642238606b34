/* conformance_purge.c -- what became of memory that was purged, reset, closed and taken back. */
#include "conformance.h"

#define ROUNDS 6 /* a purge may keep the contents one time and lose them the next */

typedef enum os_purged purge(void *base, size_t bytes);
unsigned long purged_as[3];

void judge_purged(const unsigned char *base, size_t at, size_t bytes, unsigned seed,
                  enum os_purged result) {
    for (size_t i = at; i < at + bytes; i += page) {
        bool old = part_filled(base, i, page, seed), empty = zero(base + i, page);
        if (result == OS_PURGE_ZEROED) MUST(empty, i);
        if (result == OS_PURGE_FAILED) MUST(old, i);
        MUST(old || empty, i);
    }
}

/* What was reset can be used at once: it is old or zero, and what is written to it stays. */
static void use_reset(unsigned char *base, size_t at, size_t part, unsigned seed,
                      enum os_purged result) {
    judge_purged(base, at, part, seed, result);
    base[at + part - 1] = 200;
    MUST(os_unpurge(base + at, part), part);
    MUST(base[at + part - 1] == 200, part);
    fill(base + at, part, seed);
}

/* Purge a part, use it again, and look at it and its neighbours. */
static void purge_part(unsigned char *base, size_t bytes, size_t at, size_t part, purge *purge) {
    for (unsigned round = 0; round < ROUNDS; round++) {
        fill(base, bytes, round);
        enum os_purged result = KEPT(purge(base + at, part));
        MUST_KEEP_ERROR(os_purge);
        purged_as[result]++;
        bool back = KEPT(os_unpurge(base + at, part));
        MUST_KEEP_ERROR(os_unpurge);
        MUST(back, part);
        judge_purged(base, at, part, round, result);
        MUST(part_filled(base, 0, at, round), at);
        MUST(part_filled(base, at + part, bytes - at - part, round), at);
        fill(base, bytes, round + 100);
        if (purge == os_reset) use_reset(base, at, part, round + 100, os_reset(base + at, part));
        fill(base, bytes, round + 200);
        MUST(filled(base, bytes, round + 200), at);
    }
}

/* What is purged twice, and given back in larger pieces than it was taken, loses nothing else. */
static void purge_again(unsigned char *base, size_t bytes, purge *purge) {
    for (unsigned round = 0; round < ROUNDS; round++) {
        fill(base, bytes, 50);
        enum os_purged first = purge(base + page, page), second = purge(base + page, page);
        MUST(os_unpurge(base, bytes), round);
        MUST(part_filled(base, 0, page, 50), round);
        MUST(part_filled(base, 2 * page, bytes - 2 * page, 50), round);
        judge_purged(base, page, page, 50, first > second ? first : second);
        /* What is written behind a purge stays. */
        fill(base, bytes, 51);
        MUST(os_unpurge(base + page, page), round);
        MUST(filled(base, bytes, 51), round);
    }
}

static void purge_parts(purge *purge) {
    const size_t parts[] = {1, 2, 5, 16};
    size_t bytes = round_to_pages(2 * MIB);
    unsigned char *base = must_map(bytes, 2 * MIB);
    size_t before = world_mapped_bytes();
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t part = parts[i] * page < bytes ? parts[i] * page : bytes;
        purge_part(base, bytes, 0, part, purge);
        purge_part(base, bytes, bytes - part, part, purge);
        if (2 * part <= bytes) purge_part(base, bytes, bytes / 2 & ~(page - 1), part, purge);
    }
    purge_part(base, bytes, 0, bytes, purge);
    purge_again(base, bytes, purge);
    MUST(world_mapped_bytes() == before, before); /* it stayed mapped */
    fill(base, bytes, 3);
    (void)purge(base, bytes);
    unmap(base, bytes); /* purged memory can be unmapped, too */
    MUST(world_mapped_bytes() == (before ? before - bytes : 0), before);
}

void purging(void) {
    purge_parts(os_purge);
    purge_parts(os_reset);
}

bool protect(unsigned char *base, size_t bytes, bool accessible) {
    bool done = KEPT(os_protect(base, bytes, accessible));
    MUST_KEEP_ERROR(os_protect);
    return done;
}

void protecting(void) {
    size_t bytes = round_to_pages(2 * MIB), at = 3 * page, part = 2 * page;
    unsigned char *base = must_map(bytes, 2 * MIB);
    fill(base, bytes, 9);
    bool done = protect(base + at, part, false);
    MUST(world_readable(base + at) != (done ? READABLE : UNREADABLE), done);
    MUST(world_readable(base + at + part - 1) != (done ? READABLE : UNREADABLE), done);
    MUST(world_readable(base + at - 1) != UNREADABLE, done);
    MUST(world_readable(base + at + part) != UNREADABLE, done);
    MUST(!done || protect(base + at, part, true), part);
    MUST(filled(base, bytes, 9), done);
    /* Closed, purged, then taken into use again: as a slot between guard pages. */
    done = protect(base + at, part, false);
    enum os_purged result = KEPT(os_purge(base + at, part));
    MUST_KEEP_ERROR(os_purge);
    MUST(KEPT(os_unpurge(base + at, part)), part);
    MUST(!done || protect(base + at, part, true), part);
    judge_purged(base, at, part, 9, result);
    fill(base, bytes, 10);
    MUST(filled(base, bytes, 10), done);
    protect(base, bytes, false);
    unmap(base, bytes);
}
