/* block.c -- the slow half of malloc and free: every kind of block, every owner. */
#include "block.h"

#include "huge.h"
#include "misuse.h"
#include "registry.h"
#include "stats.h"
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

/* The heap's own wide block; a stranger's block is set aside, and only the count remembers it. */
static void free_in_superpage(struct heap *heap, struct slab *slab) {
    struct superpage *superpage = superpage_of((uintptr_t)slab);
    if (superpage_owned(superpage, heap)) wide_free(heap, slab);
    else atom_add(&stats.frees_set_aside, 1, relaxed);
}

void block_free(struct heap *heap, void *block) {
    if (block == NULL) return;
    struct slab *slab = block_slab(block, "free");
    if (slab->kind == SLAB_HUGE) {
        huge_free(slab);
        return;
    }
    free_in_superpage(heap, slab);
}
