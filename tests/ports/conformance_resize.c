/* conformance_resize.c -- mappings that grow, shrink and move; and calls that the OS refuses. */
#include "conformance.h"

unsigned long resized, moved;

static void resize(size_t old_bytes, size_t new_bytes) {
    size_t before = world_mapped_bytes(), keep = old_bytes < new_bytes ? old_bytes : new_bytes;
    unsigned char *base = must_map(old_bytes, 2 * MIB);
    fill(base, old_bytes, 4);
    bool done = KEPT(os_resize(base, old_bytes, new_bytes));
    MUST_KEEP_ERROR(os_resize);
    resized += done;
    size_t now = done ? new_bytes : old_bytes;
    MUST(part_filled(base, 0, done ? keep : old_bytes, 4), new_bytes);
    if (done && new_bytes > old_bytes) MUST(zero(base + keep, new_bytes - keep), new_bytes);
    if (before != 0) MUST(world_mapped_bytes() == before + now, new_bytes);
    fill(base, now, 5);
    MUST(filled(base, now, 5), now);
    unmap(base, now);
    MUST(world_mapped_bytes() == before, new_bytes);
}

static void move(size_t bytes, size_t to_bytes) {
    size_t before = world_mapped_bytes();
    unsigned char *from = must_map(bytes, 2 * MIB), *to = must_map(to_bytes, 2 * MIB);
    fill(from, bytes, 6);
    bool done = KEPT(os_move(from, bytes, to));
    MUST_KEEP_ERROR(os_move);
    moved += done;
    MUST(part_filled(done ? to : from, 0, bytes, 6), bytes);
    if (done) MUST(zero(to + bytes, to_bytes - bytes), bytes);
    else MUST(zero(to, to_bytes), bytes);
    if (before != 0) MUST(world_mapped_bytes() == before + to_bytes + (done ? 0 : bytes), bytes);
    if (done && before != 0) MUST(world_readable(from) != READABLE, bytes);
    fill(to, to_bytes, 7);
    MUST(filled(to, to_bytes, 7), to_bytes);
    if (!done) {
        MUST(filled(from, bytes, 6), bytes);
        unmap(from, bytes);
    }
    unmap(to, to_bytes);
    MUST(world_mapped_bytes() == before, bytes);
}

void resizing(void) {
    const size_t sizes[] = {MIB, 2 * MIB, 2 * MIB + MIB / 16, 3 * MIB, 5 * MIB};
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (unsigned j = 0; j < sizeof sizes / sizeof *sizes; j++) {
            if (i != j) resize(round_to_pages(sizes[i]), round_to_pages(sizes[j]));
            if (i < j) move(round_to_pages(sizes[i]), round_to_pages(sizes[j]));
        }
}

/* Everything that can be refused, once. A refused call is said to be refused and changes nothing. */
static void use_while_refusing(void) {
    size_t bytes = round_to_pages(2 * MIB), larger = 2 * bytes;
    unsigned char *base = map(bytes, 2 * MIB), *to = map(larger, 2 * MIB);
    if (base == NULL || to == NULL) {
        if (base != NULL) unmap(base, bytes);
        if (to != NULL) unmap(to, larger);
        return;
    }
    fill(base, bytes, 8);
    bool closed = protect(base, page, false);
    MUST(world_readable(base) != (closed ? READABLE : UNREADABLE), closed);
    while (closed && !protect(base, page, true)) continue; /* what is refused can be tried again */
    MUST(filled(base, bytes, 8), closed);
    enum os_purged result = KEPT(os_purge(base + page, page));
    MUST_KEEP_ERROR(os_purge);
    bool back = KEPT(os_unpurge(base + page, page));
    MUST_KEEP_ERROR(os_unpurge);
    while (!back) back = os_unpurge(base + page, page);
    judge_purged(base, page, page, 8, result);
    fill(base, bytes, 8);
    size_t now = KEPT(os_resize(base, bytes, bytes - page)) ? bytes - page : bytes;
    MUST_KEEP_ERROR(os_resize);
    MUST(part_filled(base, 0, bytes - page, 8), now);
    bool gone = KEPT(os_move(base, now, to));
    MUST_KEEP_ERROR(os_move);
    MUST(part_filled(gone ? to : base, 0, bytes - page, 8), gone);
    if (!gone) unmap(base, now);
    unmap(to, larger);
}

/* Each call of the OS refused in turn, alone and with the two after it. Unmapping is never refused. */
unsigned refusals(void) {
    unsigned met = 0;
    for (unsigned nth = 1; nth < 64; nth++)
        for (unsigned count = 1; count <= 3; count += 2) {
            size_t before = world_mapped_bytes();
            if (world_refuse(nth, count) < 0) return 0;
            use_while_refusing();
            int refused_now = world_refuse(0, 0);
            MUST(world_mapped_bytes() == before, nth);
            met += (unsigned)refused_now;
            if (refused_now == 0) return met;
        }
    return met;
}
