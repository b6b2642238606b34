/* huge_cache.c -- mappings of freed huge blocks, for the next ones. */
#include "huge_cache.h"

#include "decay.h"
#include "mapping.h"
#include "memory_tools.h"

/* A mapping in one word: its base is a multiple of 2 MiB, its size one of 64 KiB. */
static _Atomic uintptr_t cached[HUGE_CACHED_COUNT];
static _Atomic uint32_t epoch_of[HUGE_CACHED_COUNT]; /* when it was put there: a hint */
static _Atomic size_t cached_bytes;
static _Atomic uint32_t last_put;                   /* a slot: where the search begins           */
static _Atomic uint32_t looked = HUGE_CACHED_COUNT; /* slots looked at in this epoch, for decay */

static uintptr_t pack(struct mapping mapping) { return mapping.base | mapping.bytes >> SLAB_SHIFT; }
static struct mapping unpack(uintptr_t packed) {
    size_t bytes = (size_t)(packed & (SUPERPAGE_BYTES - 1)) << SLAB_SHIFT;
    return (struct mapping){superpage_base(packed), bytes};
}

void mapping_unmap(struct mapping mapping) {
    tool_unmapped((void *)mapping.base, mapping.bytes);
    mapping_end((void *)mapping.base, mapping.bytes);
}

/* What was in a slot has left it. */
static void drop(uintptr_t packed) {
    if (packed == 0) return;
    struct mapping mapping = unpack(packed);
    atom_add(&cached_bytes, (size_t)0 - mapping.bytes, relaxed);
    mapping_unmap(mapping);
}

/* The slots behind the last hold what waits longest. */
static void push_out(size_t bytes) {
    size_t room = 0;
    unsigned behind = atom_load(&last_put, relaxed) + 1;
    for (unsigned i = 0; i < HUGE_CACHED_COUNT && room < bytes; i++) {
        if (atom_load(&cached_bytes, relaxed) == 0) return;
        _Atomic uintptr_t *slot = &cached[(behind + i) % HUGE_CACHED_COUNT];
        if (atom_load(slot, relaxed) == 0) continue;
        uintptr_t packed = atom_swap(slot, 0, acquire); /* [HC-1] */
        room += unpack(packed).bytes;
        drop(packed);
    }
}

/* The slot behind the last, if it is empty, or else the next empty one; if none is, that one. */
static unsigned slot_for_put(void) {
    unsigned behind = atom_load(&last_put, relaxed) + 1;
    for (unsigned i = 0; i < HUGE_CACHED_COUNT; i++)
        if (atom_load(&cached[(behind + i) % HUGE_CACHED_COUNT], relaxed) == 0)
            return (behind + i) % HUGE_CACHED_COUNT;
    return behind % HUGE_CACHED_COUNT;
}

void huge_cache_put(struct mapping mapping) {
    bool at_once = atom_load(&purge_delay_ms, relaxed) == 0 && !BITSLAB_GUARD_PAGES;
    if (mapping.bytes > HUGE_CACHED_BYTES || at_once) {
        mapping_unmap(mapping);
        return;
    }
    size_t others = atom_add(&cached_bytes, mapping.bytes, relaxed);
    if (others != 0) decay_step(); /* nothing else waits: one block goes back and forth */
    if (others + mapping.bytes > HUGE_CACHED_TOTAL_BYTES)
        push_out(others + mapping.bytes - HUGE_CACHED_TOTAL_BYTES);
    unsigned slot = slot_for_put();
    atom_store(&epoch_of[slot], decay_epoch(), relaxed);
    atom_store(&last_put, slot, relaxed);
    /* [HC-1] release: our writes to the mapping are over; acquire: so are those of the mapping
     * that is pushed out. */
    drop(atom_swap(&cached[slot], pack(mapping), acq_rel));
}

static bool fits(uintptr_t packed, size_t bytes) {
    size_t have = unpack(packed).bytes;
    return have >= bytes && have <= bytes + bytes / 4;
}

struct mapping huge_cache_take(size_t bytes) {
    unsigned last = atom_load(&last_put, relaxed);
    for (unsigned i = 0; i < HUGE_CACHED_COUNT; i++) {
        unsigned slot = (last - i) % HUGE_CACHED_COUNT;
        uintptr_t packed = atom_load(&cached[slot], relaxed);
        if (!fits(packed, bytes)) continue;
        if (!atom_cas(&cached[slot], &packed, 0, acquire, relaxed)) continue; /* [HC-1] */
        atom_store(&last_put, slot - 1, relaxed);
        struct mapping mapping = unpack(packed);
        atom_add(&cached_bytes, (size_t)0 - mapping.bytes, relaxed);
        return mapping;
    }
    return (struct mapping){0, 0};
}

bool huge_cache_decay(void) {
    for (size_t bytes = 0; bytes < PURGE_STEP_SUPERPAGES * SUPERPAGE_BYTES;) {
        uint32_t slot = atom_load(&looked, relaxed);
        if (slot >= HUGE_CACHED_COUNT) return true;
        atom_store(&looked, slot + 1, relaxed);
        if (!decay_over(atom_load(&epoch_of[slot], relaxed), decay_epoch())) continue;
        uintptr_t packed = atom_swap(&cached[slot], 0, acquire); /* [HC-1] */
        bytes += unpack(packed).bytes;
        drop(packed);
    }
    return false;
}

void huge_cache_new_epoch(void) {
    if (!BITSLAB_GUARD_PAGES) atom_store(&looked, 0, relaxed);
}

void huge_cache_make_room(size_t bytes) {
    if (!BITSLAB_GUARD_PAGES) push_out(bytes);
}

bool huge_cache_trim(void) {
    bool any = false;
    for (unsigned i = 0; i < HUGE_CACHED_COUNT; i++) {
        uintptr_t packed = atom_swap(&cached[i], 0, acquire); /* [HC-1] */
        any |= packed != 0;
        drop(packed);
    }
    return any;
}

size_t huge_cached_bytes(void) {
    size_t bytes = 0;
    for (unsigned i = 0; i < HUGE_CACHED_COUNT; i++)
        bytes += unpack(atom_load(&cached[i], relaxed)).bytes;
    return bytes;
}
