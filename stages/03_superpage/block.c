/* block.c -- allocating and freeing every kind of block. */
#include "block.h"

#include "huge.h"
#include "misuse.h"
#include "registry.h"
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

static void *alloc_by_size(struct heap *heap, size_t size, size_t align, bool *zero) {
    /* Rounded up to its alignment, a request gets a bin whose size is a multiple of it. */
    size_t rounded = round_up(size, align <= SLAB_BYTES ? align : 1);
    if (align > SLAB_BYTES || rounded > WIDE_MAX_BYTES) return huge_alloc(size, align, zero);
    if (rounded > BIN_MAX_BYTES) return wide_alloc(heap, rounded, zero);
    return heap_take(heap, &heap->caches[class_of(rounded)], zero);
}

void *block_alloc(size_t size, size_t align, bool *zero) {
    if (size == 0) size = 1;
    if (size > REQUEST_MAX_BYTES || align > REQUEST_MAX_BYTES - size) return NULL;
    struct heap *heap = thread_heap();
    void *block = alloc_by_size(heap, size, align, zero);
    /* Cached mappings may be what the OS is short of. */
    if (block == NULL && huge_trim()) block = alloc_by_size(heap, size, align, zero);
    return block;
}

void block_free(struct heap *heap, void *block) {
    if (block == NULL) return;
    struct slab *slab = block_slab(block, "free");
    switch ((enum slab_kind)slab->kind) {
    case SLAB_BINS: heap_put(heap, slab, block); break;
    case SLAB_WIDE: wide_free(heap, slab); break;
    case SLAB_HUGE: huge_free(slab); break;
    case SLAB_FREE: break; /* block_slab does not return it */
    }
}
