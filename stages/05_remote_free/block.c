/* block.c -- the slow half of malloc and free: every kind of block, every owner. */
#include "block.h"

#include "huge.h"
#include "misuse.h"
#include "registry.h"
#include "remote_free.h"
#include "thread.h"
#include "wide.h"

struct slab *block_slab(const void *block, const char *function) {
    uintptr_t address = (uintptr_t)block;
    if (slot_of(address) == 0) {
        struct slab *slab = huge_at_superpage(address);
        if (slab == NULL) misuse(function, block, "not a block of ours");
        return slab;
    }
    if (!registry_has(address)) misuse(function, block, "not a block of ours");
    struct slab *slab = slab_of(address);
    if (slab->kind == SLAB_FREE)
        misuse(function, block, "no block there: freed before, or never one");
    uint32_t offset = slab_offset(slab, block);
    if (slab->kind != SLAB_BINS && offset != 0) misuse(function, block, "inside a block");
    if (slab->kind == SLAB_BINS && !slab_bin_starts_at(slab, offset))
        misuse(function, block, "inside a block");
    if (slab->kind == SLAB_BINS && slab_bin_index(slab, offset) >= slab->bin_count)
        misuse(function, block, "behind the last bin");
    return slab_head(slab);
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
    /* Rounded up to its alignment, a request gets a bin whose size is a multiple of it. */
    size_t rounded = round_up(size, align <= SLAB_BYTES ? align : 1);
    if (align > SLAB_BYTES || rounded > WIDE_MAX_BYTES) return huge_alloc(size, align, zero);
    if (rounded > BIN_MAX_BYTES) return wide_alloc(heap, rounded, zero);
    return alloc_bin(heap, class_of(rounded), zero);
}

static void *alloc_from_heap(size_t size, size_t align, bool *zero) {
    struct heap *heap = thread_heap();
    return heap != NULL ? alloc_by_size(heap, size, align, zero) : NULL;
}

void *block_alloc(size_t size, size_t align, bool *zero) {
    if (size == 0) size = 1;
    if (size > REQUEST_MAX_BYTES || align > REQUEST_MAX_BYTES - size) return NULL;
    void *block = alloc_from_heap(size, align, zero);
    /* Cached mappings may be what the OS is short of. */
    if (block == NULL && huge_trim()) block = alloc_from_heap(size, align, zero);
    return block;
}

static void free_in_superpage(struct heap *heap, struct slab *slab, void *block) {
    struct superpage *superpage = superpage_of((uintptr_t)slab);
    if (superpage_owned(superpage, heap)) {
        wide_free(heap, slab);
        return;
    }
    unsigned index = slab->kind == SLAB_BINS ? slab_bin_index(slab, slab_offset(slab, block)) : 0;
    remote_free(heap, slab, index);
}

/* What is rare, and what is wrong. */
static NOINLINE void free_other(struct heap *heap, void *block) {
    if (block == NULL) return;
    struct slab *slab = block_slab(block, "free");
    if (slab->kind == SLAB_HUGE) huge_free(slab);
    else free_in_superpage(heap, slab, block);
}

/* A stranger's bin may be handed out again here, at no cost, unless it is so small that its
 * cache line would be shared with the stranger. A few go home all the same, so that a thread does
 * not live on strangers' bins for ever: frees of its own cost less. */
static inline bool keep(struct heap *heap, const struct slab *slab, void *bin) {
    if (slab->bin_bytes < FOREIGN_MIN_BYTES) return false;
    struct cache *cache = heap_cache_at(heap, slab->cache_offset);
    if (!cache_used(cache)) return false;
    if (unlikely(cache_tops(cache, bin))) misuse("free", bin, "double free");
    return ++heap->foreign_frees % FOREIGN_HOME != 0 && cache_push_foreign(cache, bin);
}

/* Most blocks that come here are strangers' bins. A bin of a word of which this thread holds others
 * back lies in a slab of ours: it has bins that are out, so it is still there. */
void block_free(struct heap *heap, void *block) {
    uintptr_t address = (uintptr_t)block;
    if (slot_of(address) == 0) {
        free_other(heap, block);
        return;
    }
    struct slab *slab = slab_of(address);
    uint32_t offset = slab_offset(slab, block);
    unsigned index = slab_bin_index(slab, offset);
    struct slab *head = slab_head(slab);
    struct pending *entry = remote_entry(heap, head, index / WORD_BINS);
    bool held = remote_holds(entry, head, index / WORD_BINS);
    bool ours = held || (registry_has(address) && slab->kind == SLAB_BINS);
    if (unlikely(!ours || !slab_bin_starts_at(slab, offset) || index >= slab->bin_count)) {
        free_other(heap, block);
        return;
    }
    if (unlikely(held && remote_holds_bin(entry, index))) {
        misuse_free(block, "double free");
        return;
    }
    if (keep(heap, slab, block)) return;
    if (!held) free_in_superpage(heap, head, block);
    else remote_hold(entry, index);
}
