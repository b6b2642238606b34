/* huge.c -- blocks with a mapping of their own. */
#include "huge.h"

#include "huge_cache.h"
#include "mapping.h"
#include "memory_tools.h"
#include "os.h"
#include "pool.h"
#include "registry.h"
#include "stats.h"

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
    slab->ticket = NULL;
    return (void *)block;
}

/* Allow no access behind the block's last page, nor before it but to the headers. */
static void guard(uintptr_t base, size_t bytes, uintptr_t block) {
    uintptr_t page = os_page_bytes();
    uintptr_t first = block & ~(page - 1);
    uintptr_t headers = (uintptr_t)superpage_of(block) & ~(page - 1);
    os_protect((void *)(base + bytes - GUARD_BYTES), GUARD_BYTES, false);
    if (superpage_base(base) != superpage_base(block) || slot_of(block) != 1) return;
    if (headers > base) os_protect((void *)base, headers - base, false);
    if (first > headers + page) os_protect((void *)(headers + page), first - headers - page, false);
}

/* How far to move a block up, so that it ends where its mapping does. */
static size_t room_before(size_t size, size_t align, size_t room) {
    if (!BITSLAB_GUARD_PAGES || align > SLAB_BYTES) return 0;
    return (room - size) & ~((align > BIN_MIN_BYTES ? align : BIN_MIN_BYTES) - 1);
}

static struct mapping map(size_t bytes, size_t align) {
    huge_cache_make_room(bytes);
    pool_make_room(bytes);
    void *base = mapping_make(bytes, align > SUPERPAGE_BYTES ? align : SUPERPAGE_BYTES);
    if (base == NULL) return (struct mapping){0, 0};
    tool_mapped(base, bytes);
    return (struct mapping){(uintptr_t)base, bytes};
}

void *huge_alloc(size_t size, size_t align, bool *zero) {
    size_t lead = align > SLAB_BYTES ? align : SLAB_BYTES;
    size_t bytes = round_up(lead + size + RED_ZONE_BYTES + GUARD_BYTES, SLAB_BYTES);
    if (bytes < size) return NULL;
    bool may_be_cached = lead == SLAB_BYTES && !BITSLAB_GUARD_PAGES;
    struct mapping mapping = may_be_cached ? huge_cache_take(bytes) : (struct mapping){0, 0};
    *zero = mapping.base == 0;
    if (mapping.base == 0) mapping = map(bytes, align);
    uintptr_t base = mapping.base;
    if (base == 0) return NULL;
    bytes = mapping.bytes;
    if (!registry_add(superpage_base(base + lead - 1))) {
        mapping_unmap(mapping);
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
    if (slab->ticket != NULL) atom_store(slab->ticket, 0, relaxed);
    slab->kind = SLAB_FREE;
    registry_remove(superpage_base((uintptr_t)slab));
    atom_add(&stats.huge_blocks, (size_t)-1, relaxed);
    /* In quarantine, it has no memory, and allows no access. */
    if (BITSLAB_GUARD_PAGES) os_purge((void *)base, bytes), os_protect((void *)base, bytes, false);
    if (fits_cache) huge_cache_put((struct mapping){base, bytes});
    else mapping_unmap((struct mapping){base, bytes});
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
    if (slab->ticket != NULL) return NULL; /* whoever has it would not find the new place */
    if (bytes == old_bytes) return (void *)block_of(slab);
    size_t more = bytes > old_bytes ? bytes - old_bytes : 0;
    if (!stats_mapped(more)) return NULL;
    if (!os_resize((void *)base, old_bytes, bytes))
        base = more > 0 ? move(base, old_bytes, bytes) : 0;
    stats_unmapped(base == 0 ? more : old_bytes + more - bytes);
    if (base == 0) return NULL;
    stats_obtained();
    return format(base, bytes, SLAB_BYTES);
}

struct slab *huge_at_superpage(uintptr_t address) {
    if (address < SUPERPAGE_BYTES || !registry_has(address - SLAB_BYTES)) return NULL;
    struct slab *slab = slab_of(address - SLAB_BYTES);
    return slab->kind == SLAB_HUGE && slab->start == (uint32_t)address ? slab : NULL;
}
