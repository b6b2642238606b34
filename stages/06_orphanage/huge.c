/* huge.c -- mappings of their own, and the cache of freed ones. */
#include "huge.h"

#include "memory_tools.h"
#include "os.h"
#include "registry.h"
#include "stats.h"

/* A cached mapping in one word: its base is a multiple of 2 MiB, its size one of 64 KiB. */
static _Atomic uintptr_t cached[HUGE_CACHED_COUNT];
static _Atomic size_t cached_bytes;
static _Atomic uint32_t next_out; /* the slot that the next freed mapping pushes out */

/* With guard pages, the cache is a quarantine: nothing is taken from it, only pushed out. */
static uintptr_t pack(uintptr_t base, size_t bytes) { return base | bytes >> SLAB_SHIFT; }
static uintptr_t base_of(uintptr_t packed) { return superpage_base(packed); }
static size_t bytes_of(uintptr_t packed) {
    return (size_t)(packed & (SUPERPAGE_BYTES - 1)) << SLAB_SHIFT;
}

static void unmap(uintptr_t base, size_t bytes) {
    tool_unmapped((void *)base, bytes);
    os_unmap((void *)base, bytes);
    stats_unmapped(bytes);
}

static void drop(uintptr_t packed) {
    if (packed == 0) return;
    atom_add(&cached_bytes, (size_t)0 - bytes_of(packed), relaxed);
    unmap(base_of(packed), bytes_of(packed));
}

static void cache_put(uintptr_t base, size_t bytes) {
    if (bytes > HUGE_CACHED_BYTES ||
        atom_load(&cached_bytes, relaxed) + bytes > HUGE_CACHED_TOTAL_BYTES) {
        unmap(base, bytes);
        return;
    }
    atom_add(&cached_bytes, bytes, relaxed);
    unsigned slot = atom_add(&next_out, 1, relaxed) % HUGE_CACHED_COUNT;
    /* [HC-1] release: our writes to the mapping are over; acquire: so are those of the mapping
     * that is pushed out. */
    drop(atom_swap(&cached[slot], pack(base, bytes), acq_rel));
}

/* A cached mapping of at least the bytes wanted, and at most a quarter more. */
static uintptr_t cache_take(size_t bytes) {
    for (unsigned i = 0; i < HUGE_CACHED_COUNT; i++) {
        uintptr_t packed = atom_load(&cached[i], relaxed);
        if (bytes_of(packed) < bytes || bytes_of(packed) > bytes + bytes / 4) continue;
        if (!atom_cas(&cached[i], &packed, 0, acquire, relaxed)) continue; /* [HC-1] */
        atom_add(&cached_bytes, (size_t)0 - bytes_of(packed), relaxed);
        return packed;
    }
    return 0;
}

/* Write the header of a block that starts `lead` bytes behind the mapping's base. */
static void *format(uintptr_t base, size_t bytes, size_t lead) {
    uintptr_t block = base + lead;
    bytes -= GUARD_BYTES;
    struct slab *slab = slab_of(slot_of(block) == 0 ? block - SLAB_BYTES : block);
    atom_store(&slab->owner, NULL, relaxed);
    slab->kind = SLAB_HUGE;
    slab->distance = 0;
    slab->start = (uint32_t)block;
    slab->block_bytes = bytes - lead;
    slab->map_bytes = bytes + GUARD_BYTES;
    return (void *)block;
}

/* Allow no access behind the block's last page, nor between the headers and the block. */
static void guard(uintptr_t base, size_t bytes, uintptr_t block) {
    size_t page = os_page_bytes();
    uintptr_t first = block & ~(uintptr_t)(page - 1);
    os_protect((void *)(base + bytes - GUARD_BYTES), GUARD_BYTES, false);
    if (superpage_base(base) == superpage_base(block) && slot_of(block) == 1 && page < SLAB_BYTES)
        os_protect((void *)(base + page), first - base - page, false);
}

/* Whether only the first header of the superpage-sized piece may be read: a block begins there. */
static bool guarded_headers(uintptr_t address) {
    return superpage_slab(superpage_of(address), 1)->kind == SLAB_HUGE;
}

/* How far to move a block up, so that it ends where its mapping does. */
static size_t room_before(size_t size, size_t align, size_t room) {
    if (!BITSLAB_GUARD_PAGES || align > SLAB_BYTES) return 0;
    return (room - size) & ~((align > BIN_MIN_BYTES ? align : BIN_MIN_BYTES) - 1);
}

void *huge_alloc(size_t size, size_t align, bool *zero) {
    size_t lead = align > SLAB_BYTES ? align : SLAB_BYTES;
    size_t bytes = round_up(lead + size + RED_ZONE_BYTES + GUARD_BYTES, SLAB_BYTES);
    if (bytes < size) return NULL;
    bool may_be_cached = lead == SLAB_BYTES && !BITSLAB_GUARD_PAGES;
    uintptr_t packed = may_be_cached ? cache_take(bytes) : 0;
    uintptr_t base = base_of(packed);
    if (packed != 0) bytes = bytes_of(packed);
    *zero = packed == 0;
    if (packed == 0) {
        base = (uintptr_t)os_map(bytes, align > SUPERPAGE_BYTES ? align : SUPERPAGE_BYTES);
        if (base == 0) return NULL;
        stats_mapped(bytes);
        tool_mapped((void *)base, bytes);
    }
    if (!registry_add(superpage_base(base + lead - 1))) {
        unmap(base, bytes);
        return NULL;
    }
    atom_add(&stats.huge_blocks, 1, relaxed);
    lead += room_before(size, align, bytes - GUARD_BYTES - lead);
    void *block = format(base, bytes, lead);
    if (BITSLAB_GUARD_PAGES) guard(base, bytes, (uintptr_t)block);
    tool_forbid(block, bytes - lead - GUARD_BYTES);
    return block;
}

static uintptr_t block_of(const struct slab *slab) {
    uintptr_t start = slab_start(slab);
    return start + (uint32_t)(slab->start - (uint32_t)start);
}

static uintptr_t map_base(const struct slab *slab) {
    return block_of(slab) + slab->block_bytes + GUARD_BYTES - slab->map_bytes;
}

void huge_free(struct slab *slab) {
    uintptr_t base = map_base(slab);
    size_t bytes = slab->map_bytes;
    bool fits_cache = bytes - slab->block_bytes == SLAB_BYTES || BITSLAB_GUARD_PAGES;
    slab->kind = SLAB_FREE;
    registry_remove(superpage_base((uintptr_t)slab));
    atom_add(&stats.huge_blocks, (size_t)-1, relaxed);
    /* In quarantine, it has no memory, and allows no access. */
    if (BITSLAB_GUARD_PAGES) os_purge((void *)base, bytes), os_protect((void *)base, bytes, false);
    if (fits_cache) cache_put(base, bytes);
    else unmap(base, bytes);
}

/* Move the mapping to a larger one. The old place may be somebody else's at once, so it must be
 * out of the registry before. 0: not possible, nothing changed. */
static uintptr_t move(uintptr_t base, size_t old_bytes, size_t bytes) {
    void *to = os_map(bytes, SUPERPAGE_BYTES);
    if (to == NULL) return 0;
    if (registry_add((uintptr_t)to)) {
        registry_remove(base);
        if (os_move((void *)base, old_bytes, to)) return (uintptr_t)to;
        registry_add(base); /* its leaf is there, so this cannot fail */
        registry_remove((uintptr_t)to);
    }
    os_unmap(to, bytes);
    return 0;
}

void *huge_resize(struct slab *slab, size_t size) {
    uintptr_t base = map_base(slab);
    size_t old_bytes = slab->map_bytes;
    size_t bytes = round_up(SLAB_BYTES + size, SLAB_BYTES);
    if (old_bytes - slab->block_bytes != SLAB_BYTES || BITSLAB_GUARD_PAGES) return NULL;
    if (bytes == old_bytes) return (void *)block_of(slab);
    if (!os_resize((void *)base, old_bytes, bytes))
        base = bytes > old_bytes ? move(base, old_bytes, bytes) : 0;
    if (base == 0) return NULL;
    stats_mapped(bytes);
    stats_unmapped(old_bytes);
    return format(base, bytes, SLAB_BYTES);
}

bool huge_trim(void) {
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
        bytes += bytes_of(atom_load(&cached[i], relaxed));
    return bytes;
}

struct slab *huge_at_superpage(uintptr_t address) {
    if (address < SUPERPAGE_BYTES || !registry_has(address - SLAB_BYTES)) return NULL;
    if (BITSLAB_GUARD_PAGES && guarded_headers(address - SLAB_BYTES)) return NULL;
    struct slab *slab = slab_of(address - SLAB_BYTES);
    /* Of a block that begins in slot 1, guard pages leave no header but its own. */
    if (BITSLAB_GUARD_PAGES && superpage_slab(superpage_of((uintptr_t)slab), 1)->kind == SLAB_HUGE)
        return NULL;
    return slab->kind == SLAB_HUGE && slab->start == (uint32_t)address ? slab : NULL;
}
