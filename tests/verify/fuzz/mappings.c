/* mappings.c -- which part of the arena is mapped: a first-fit allocator of 64 KiB units.
 *
 * First fit gives addresses back soon after they were unmapped, and puts mappings side by side, so
 * that growing in place works at times and fails at others. Small mappings (heaps, the registry's
 * leaves) come from the top.
 */
#include <string.h>

#include "arena.h"
#include "os.h"
#include "run.h"
#include "superpage.h"

#define UNITS (ARENA_BYTES / UNIT_BYTES)

/* By unit. */
static bool taken[UNITS];
static bool small[UNITS];
static uint16_t first_of[UNITS]; /* first unit of the mapping that has this one              */
static uint32_t bytes_at[UNITS]; /* bytes of the mapping that begins here; 0: none does      */
static size_t mapped_bytes;

static size_t unit_of(uintptr_t at) { return (at - ARENA_BASE) / UNIT_BYTES; }
static uintptr_t unit_at(size_t unit) { return ARENA_BASE + unit * UNIT_BYTES; }
static size_t units_for(size_t bytes) { return (bytes + UNIT_BYTES - 1) / UNIT_BYTES; }

void arena_unmap_all(void) {
    memset(taken, 0, sizeof taken);
    memset(bytes_at, 0, sizeof bytes_at);
    mapped_bytes = 0;
}

static bool is_free(size_t unit, size_t count) {
    return unit + count <= UNITS && memchr(taken + unit, true, count) == NULL;
}

static void take(size_t first, size_t from, size_t end, bool is_small) {
    for (size_t unit = from; unit < end; unit++) {
        taken[unit] = true;
        small[unit] = is_small;
        first_of[unit] = (uint16_t)first;
        if (unit_at(unit) % PIECE_BYTES == 0)
            arena_touch((uintptr_t)superpage_of(unit_at(unit)), HEADERS_BYTES);
    }
}

static void release(size_t from, size_t end) {
    memset(taken + from, false, end - from);
    arena_zero(unit_at(from), (end - from) * UNIT_BYTES);
}

static uintptr_t find_low(size_t count, size_t align) {
    uintptr_t at = (ARENA_BASE + align - 1) & ~(align - 1);
    for (; in_arena(at); at += align)
        if (is_free(unit_of(at), count)) return at;
    return 0;
}

static uintptr_t find_high(size_t count) {
    for (size_t unit = UNITS - count + 1; unit-- > 0;)
        if (is_free(unit, count)) return unit_at(unit);
    return 0;
}

uintptr_t arena_map(size_t bytes, size_t align) {
    if (bytes == 0 || bytes > ARENA_BYTES) return 0;
    bool is_small = bytes < PIECE_BYTES && align <= UNIT_BYTES;
    uintptr_t at = is_small ? find_high(units_for(bytes)) : find_low(units_for(bytes), align);
    if (at == 0) return 0;
    size_t unit = unit_of(at);
    take(unit, unit, unit + units_for(bytes), is_small);
    if (is_small) arena_touch(at, bytes);
    bytes_at[unit] = (uint32_t)bytes;
    mapped_bytes += bytes;
    return at;
}

bool arena_resize(uintptr_t base, size_t old_bytes, size_t bytes) {
    size_t unit = unit_of(base);
    size_t old_end = unit + units_for(old_bytes), end = unit + units_for(bytes);
    if (!in_arena(base) || base % UNIT_BYTES != 0 || !taken[unit] || bytes_at[unit] != old_bytes)
        violated("%#zx with %zu bytes is no mapping", base, old_bytes);
    if (end > old_end && !is_free(old_end, end - old_end)) return false;
    if (end > old_end) take(unit, old_end, end, false);
    else release(end, old_end);
    bytes_at[unit] = (uint32_t)bytes;
    mapped_bytes += bytes - old_bytes;
    return true;
}

uintptr_t arena_mapping_end(uintptr_t at) {
    if (!in_arena(at) || !taken[unit_of(at)]) return 0;
    size_t first = first_of[unit_of(at)];
    return unit_at(first) + bytes_at[first];
}

uintptr_t arena_next_mapping(uintptr_t at) {
    size_t unit = in_arena(at) ? unit_of(at) + 1 : 0;
    for (; unit < UNITS; unit++)
        if (bytes_at[unit] != 0) return unit_at(unit);
    return 0;
}

bool arena_stays_written(uintptr_t at) {
    size_t unit = unit_of(at);
    return taken[unit] && (small[unit] || at % PIECE_BYTES < os_page_bytes());
}

size_t arena_mapped_bytes(void) { return mapped_bytes; }
