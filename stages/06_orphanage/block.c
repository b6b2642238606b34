/* block.c -- the slow half of malloc and free: every kind of block, every owner. */
#include "block.h"

#include "huge.h"
#include "memory_tools.h"
#include "misuse.h"
#include "orphanage.h"
#include "registry.h"
#include "remote_free.h"
#include "thread.h"
#include "wide.h"

/* Between guard pages, a huge block has no readable header but its own, the first. */
static void not_inside_huge(uintptr_t address, const char *function) {
    const struct slab *first = superpage_slab(superpage_of(address), 1);
    if (first->kind == SLAB_HUGE && first->start != (uint32_t)address)
        misuse(function, (void *)address, "inside a block");
}

/* As far as this thread may look. */
static bool freed_before(struct slab *slab, const void *block) {
    if (slab->kind == SLAB_WIDE) return atom_load(&slab->remote[0], relaxed) != 0;
    return slab->kind == SLAB_BINS && heap_bin_is_free(this_thread.heap, slab, block);
}

struct slab *block_slab(const void *block, const char *function) {
    uintptr_t address = (uintptr_t)block;
    if (slot_of(address) == 0) {
        struct slab *slab = huge_at_superpage(address);
        if (slab == NULL) misuse(function, block, "not a block of ours");
        return slab;
    }
    if (!registry_has(address)) misuse(function, block, "not a block of ours");
    if (BITSLAB_GUARD_PAGES) not_inside_huge(address, function);
    struct slab *slab = slab_of(address);
    if (slab->kind == SLAB_FREE)
        misuse(function, block, "no block there: freed before, or never one");
    uint32_t offset = slab_offset(slab, block);
    if (slab->kind != SLAB_BINS && offset != 0) misuse(function, block, "inside a block");
    if (slab->kind == SLAB_BINS && !slab_bin_starts_at(slab, offset))
        misuse(function, block, "inside a block");
    if (slab->kind == SLAB_BINS && slab_bin_index(slab, offset) >= slab->bin_count)
        misuse(function, block, "behind the last bin");
    slab = slab_head(slab);
    if (BITSLAB_CHECKED && freed_before(slab, block)) misuse(function, block, "freed before");
    return slab;
}

static void *alloc_bin(struct heap *heap, unsigned class, bool *zero) {
    struct cache *cache = &heap->caches[class];
    for (;;) {
        *zero = cache_zero(cache);
        void *bin = cache_pop(cache);
        if (bin != NULL || !heap_refill(heap, cache)) return bin;
    }
}

static void *alloc_by_size(struct heap *heap, size_t size, size_t align, bool *zero) {
    if (BITSLAB_GUARD_PAGES && size > SMALL_MAX_BYTES) return huge_alloc(size, align, zero);
    /* Rounded up to its alignment, a request gets a bin whose size is a multiple of it. */
    size_t rounded = round_up(with_canary(size), align <= SLAB_BYTES ? align : 1);
    if (align > SLAB_BYTES || rounded > WIDE_MAX_BYTES) return huge_alloc(size, align, zero);
    if (rounded > BIN_MAX_BYTES) return wide_alloc(heap, rounded, zero);
    return alloc_bin(heap, rounded == 0 ? CLASS_OF_0 : class_of(rounded), zero);
}

static void *alloc_from_heap(size_t size, size_t align, bool *zero) {
    struct heap *heap = thread_heap();
    if (heap == NULL) return NULL;
    void *block = alloc_by_size(heap, size, align, zero);
    thread_heap_done(heap);
    return block;
}

void *block_alloc(size_t size, size_t align, bool *zero) {
    if (size > REQUEST_MAX_BYTES || align > REQUEST_MAX_BYTES - size) return NULL;
    void *block = alloc_from_heap(size, align, zero);
    /* Cached mappings may be what the OS is short of. */
    if (block == NULL && huge_trim()) block = alloc_from_heap(size, align, zero);
    if (block == NULL && BITSLAB_QUARANTINE && this_thread.heap != &empty_heap) {
        heap_flush(this_thread.heap);
        block = alloc_from_heap(size, align, zero);
    }
    return block;
}

/* The heap owns the superpage: a wide block, or a bin of a slab not yet stamped. */
static void free_own(struct heap *heap, struct slab *slab, void *block) {
    if (slab->kind == SLAB_WIDE) {
        wide_free(heap, slab);
        return;
    }
    superpage_stamp(superpage_of((uintptr_t)slab), slab, heap);
    heap_put(heap, slab, block);
}

static void free_in_superpage(struct heap *heap, struct slab *slab, void *block) {
    struct superpage *superpage = superpage_of((uintptr_t)slab);
    struct heap *owner = atom_load(&superpage->owner, relaxed);
    if (owner == OWNER_NOBODY && heap != &empty_heap && superpage_claim(heap, superpage))
        owner = heap;
    if (owner == heap) {
        free_own(heap, slab, block);
        return;
    }
    unsigned index = slab->kind == SLAB_BINS ? slab_bin_index(slab, slab_offset(slab, block)) : 0;
    remote_free(heap, slab, index);
}

void block_give_back(struct heap *heap, void *bin) {
    struct slab *slab = slab_head(slab_of((uintptr_t)bin));
    free_in_superpage(heap, slab, bin);
}

/* Its slots may become slabs, whose bins must read as zero. */
static void zero_wide(const struct slab *slab, void *block) {
    __builtin_memset(block, 0, slab->block_bytes);
}

void block_free(struct heap *heap, void *block) {
    if (block == NULL) return;
    struct slab *slab = block_slab(block, "free");
    tool_free(block, block_usable(slab));
    if (BITSLAB_HARDENED && slab->kind != SLAB_HUGE) {
        if (slab->kind == SLAB_WIDE && BITSLAB_ZERO_ON_FREE) zero_wide(slab, block);
        harden_came_back(heap, slab, block);
        if (slab->kind == SLAB_BINS) block = harden_swap(heap, block);
        if (block != NULL) block_give_back(heap, block);
        return;
    }
    if (slab->kind == SLAB_HUGE) {
        huge_free(slab);
        return;
    }
    /* A stranger's bin may be handed out again here, at no cost, unless it is so small that its
     * cache line would be shared with the stranger. */
    if (slab->kind == SLAB_BINS && slab->bin_bytes >= FOREIGN_MIN_BYTES) {
        struct cache *cache = heap_cache_at(heap, slab->cache_offset);
        if (cache_tops(cache, block)) misuse("free", block, "double free");
        if (cache_push_foreign(cache, block)) return;
    }
    free_in_superpage(heap, slab, block);
}
