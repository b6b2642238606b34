/* shadow.c -- the table of live blocks, and the checks of each. */
#include "shadow.h"

#include <string.h>

#include "arena.h"
#include "bitslab.h"
#include "os_fuzz.h"
#include "protect.h"
#include "run.h"
#include "superpage.h"

#define GRANULE_BYTES 16
#define SAMPLES 4 /* words between a block's ends */

static struct block blocks[BLOCKS_MAX];
static unsigned count;
static uint32_t last_number;
static uintptr_t dead[DEAD_MAX];
static unsigned dead_count;

/* Which parts of the arena belong to live blocks. */
static uint64_t granules[ARENA_BYTES / GRANULE_BYTES / 64];
static uint64_t units[ARENA_BYTES / UNIT_BYTES / 64];
static uint16_t small_in_unit[ARENA_BYTES / UNIT_BYTES];

unsigned shadow_count(void) { return count; }
struct block *shadow_block(unsigned index) {
    return &blocks[index];
}

/* Do something to the bits of a range: their old values, all together. */
enum bits_action { LOOK, SET, CLEAR };

static uint64_t bits_do(uint64_t *words, size_t first, size_t end, enum bits_action action) {
    uint64_t old = 0;
    for (size_t i = first, next; i < end; i = next) {
        next = (i / 64 + 1) * 64;
        uint64_t bits = ~(uint64_t)0 << i % 64;
        if (next > end) bits &= ~(~(uint64_t)0 << end % 64);
        old |= words[i / 64] & bits;
        if (action == SET) words[i / 64] |= bits;
        if (action == CLEAR) words[i / 64] &= ~bits;
    }
    return old;
}

/* Blocks of whole units have a bit for each unit; all others one for each granule, and a count of
 * them for each unit, so that the two kinds see each other. Returns whether any bit was set. */
static bool place_do(uintptr_t at, size_t bytes, enum bits_action action) {
    size_t offset = at - ARENA_BASE;
    size_t first = offset / UNIT_BYTES, end = (offset + bytes + UNIT_BYTES - 1) / UNIT_BYTES;
    bool seen = false;
    if ((offset | bytes) % UNIT_BYTES == 0) {
        for (size_t unit = first; unit < end && action == LOOK; unit++)
            seen |= small_in_unit[unit] != 0;
        return bits_do(units, first, end, action) != 0 || seen;
    }
    for (size_t unit = first; unit < end && action != LOOK; unit++)
        small_in_unit[unit] += action == SET ? 1 : -1;
    if (action == LOOK) seen = bits_do(units, first, end, LOOK) != 0;
    first = offset / GRANULE_BYTES;
    end = (offset + bytes + GRANULE_BYTES - 1) / GRANULE_BYTES;
    return bits_do(granules, first, end, action) != 0 || seen;
}

void shadow_reset(void) {
    for (unsigned i = 0; i < count; i++) place_do(blocks[i].at, blocks[i].taken, CLEAR);
    count = last_number = dead_count = 0;
}

/* The offset of a block's i-th word of contents; the end of the block if there are no more. */
static size_t word_offset(const struct block *block, unsigned i) {
    size_t last = (block->usable - 1) / 8;
    if (block->usable == 0 || i == 0) return 0;
    unsigned steps = block->usable < 16 * SAMPLES ? last != 0 : SAMPLES + 1;
    return i > steps ? block->usable : last * i / steps * 8;
}

static size_t at_most(size_t bytes, size_t most) { return bytes < most ? bytes : most; }

static uint64_t word_value(const struct block *block, size_t offset) {
    uint64_t mixed = (block->number + 1) * 0x9e3779b97f4a7c15u ^ (offset + 1) * 0xbf58476d1ce4e5b9u;
    return (mixed ^ mixed >> 29) | 1;
}

void shadow_fill(const struct block *block) {
    for (unsigned i = 0; word_offset(block, i) < block->usable; i++) {
        size_t offset = word_offset(block, i);
        uint64_t value = word_value(block, offset);
        size_t length = at_most(block->usable - offset, sizeof value);
        arena_touch(block->at + offset, length);
        memcpy((void *)(block->at + offset), &value, length);
    }
}

/* Whether the first bytes of the memory at an address are the block's contents. */
static bool holds(uintptr_t at, const struct block *block, size_t bytes) {
    for (unsigned i = 0; word_offset(block, i) < block->usable; i++) {
        size_t offset = word_offset(block, i);
        uint64_t value = word_value(block, offset);
        if (offset >= bytes) break;
        size_t length = at_most(at_most(bytes, block->usable) - offset, sizeof value);
        if (memcmp((const void *)(at + offset), &value, length) != 0) return false;
    }
    return true;
}

static void check_place(const struct block *block) {
    uintptr_t align = block->align > 16 ? block->align : 16;
    uintptr_t end = arena_mapping_end(block->at);
    if (end == 0 || end - block->at < block->taken)
        violated("block #%u, %zu bytes at %#zx: not in mapped memory", block->number, block->taken,
                 block->at);
    if (block->at % align != 0)
        violated("block #%u at %#zx is not aligned to %zu", block->number, block->at, align);
    if (block->usable < block->size || block->taken < block->usable)
        violated("block #%u: %zu bytes were asked for, %zu are usable", block->number, block->size,
                 block->usable);
    if (os_is_purged(block->at, block->taken))
        violated("block #%u lies in purged memory", block->number);
    if (block->usable != 0 && protect_any_closed(block->at, block->usable))
        violated("block #%u allows no access", block->number);
    bool closed = block->usable == 0 && block->align <= 16 && fuzz_os.failures == 0;
    if (closed && protect_any_open(block->at, block->taken))
        violated("block #%u of no bytes may be touched", block->number);
    if (place_do(block->at, block->taken, LOOK))
        violated("block #%u, %zu bytes at %#zx: part of another live block", block->number,
                 block->usable, block->at);
}

/* The allocator wrote the header and the maps of the block's slab, and did not tell. */
static void note_writes(const struct block *block) {
    struct slab *slab = slab_of(slot_of(block->at) == 0 ? block->at - SLAB_BYTES : block->at);
    arena_touch((uintptr_t)superpage_of((uintptr_t)slab), HEADERS_BYTES);
    if (slab->kind == SLAB_HUGE) return;
    if (slab->kind == SLAB_BINS) slab = slab_head(slab);
    arena_touch((uintptr_t)free_map_of(slab, slab->words), slab->words * sizeof(uint64_t));
    arena_touch((uintptr_t)remote_map(slab), slab->words * sizeof(uint64_t));
}

/* A bin is the block's to its end, whatever of it may be used. */
static size_t bytes_taken(uintptr_t at, size_t usable) {
    const struct slab *slab = slab_of(slot_of(at) == 0 ? at - SLAB_BYTES : at);
    return slab->kind == SLAB_BINS ? slab->bin_bytes : usable;
}

static void settle(struct block *block, void *at, size_t size) {
    block->at = (uintptr_t)at;
    block->size = size;
    block->usable = bitslab_usable_size(at);
    block->taken = bytes_taken(block->at, block->usable);
    check_place(block);
    note_writes(block);
    place_do(block->at, block->taken, SET);
}

struct block *shadow_add(void *at, size_t size, size_t align) {
    struct block *block = &blocks[count];
    block->number = ++last_number;
    block->align = align;
    settle(block, at, size);
    count++;
    return block;
}

void shadow_check(const struct block *block) {
    if (!holds(block->at, block, block->usable))
        violated("block #%u, %zu bytes at %#zx: not what was written to it", block->number,
                 block->size, block->at);
}

void shadow_remove(struct block *block) {
    shadow_check(block);
    place_do(block->at, block->taken, CLEAR);
    dead[dead_count++ % DEAD_MAX] = block->at;
    *block = blocks[--count];
}

void shadow_may_move(const struct block *block) {
    shadow_check(block);
    place_do(block->at, block->taken, CLEAR);
}

void shadow_stays(const struct block *block) {
    if (place_do(block->at, block->taken, LOOK))
        violated("block #%u: realloc failed, and its place is another block's", block->number);
    place_do(block->at, block->taken, SET);
    shadow_check(block);
}

void shadow_resized(struct block *block, void *at, size_t size) {
    struct block old = *block;
    block->align = 0;
    settle(block, at, size);
    if (!holds(block->at, &old, old.size < size ? old.size : size))
        violated("block #%u: realloc from %zu to %zu bytes lost contents", old.number, old.size,
                 size);
    if (block->at != old.at) dead[dead_count++ % DEAD_MAX] = old.at;
    shadow_fill(block);
}

struct block *shadow_at(uintptr_t at) {
    for (unsigned i = 0; i < count; i++)
        if (at - blocks[i].at < blocks[i].taken) return &blocks[i];
    return NULL;
}

uintptr_t shadow_dead(unsigned index) {
    unsigned known = dead_count < DEAD_MAX ? dead_count : DEAD_MAX;
    return known == 0 ? 0 : dead[index % known];
}

void shadow_check_all(void) {
    for (unsigned i = 0; i < count; i++) shadow_check(&blocks[i]);
}

size_t shadow_taken_bytes(void) {
    size_t bytes = 0;
    for (unsigned i = 0; i < count; i++) bytes += blocks[i].taken;
    return bytes;
}
