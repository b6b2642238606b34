/* block.c -- allocating and freeing every kind of block. */
#include "block.h"

#include "misuse.h"
#include "region.h"
#include "thread.h"

struct slab *block_slab(const void *block, const char *function) {
    if (!region_has(block)) misuse(function, block, "not a block of ours");
    struct slab *slab = slab_of((uintptr_t)block);
    if (slab->kind == SLAB_FREE)
        misuse(function, block, "no block there: freed before, or never one");
    uint32_t offset = slab_offset(slab, block);
    if (slab->kind != SLAB_BINS && offset != 0) misuse(function, block, "inside a block");
    if (slab->kind == SLAB_BINS && !slab_bin_starts_at(slab, offset))
        misuse(function, block, "inside a block");
    if (slab->kind == SLAB_BINS && slab_bin_index(slab, offset) >= slab->bin_count)
        misuse(function, block, "behind the last bin");
    return slab;
}

/* A block above the largest bin gets slabs of its own, and one header. */
static void *alloc_wide(size_t size, size_t align, bool *zero) {
    size_t start = round_up(sizeof(struct slab), align);
    size_t bytes = round_up(start + size, SLAB_BYTES);
    struct slab *slab = region_take(bytes, SLAB_BYTES);
    if (slab == NULL) return NULL;
    slab->kind = SLAB_WIDE;
    slab->start = (uint32_t)start;
    slab->block_bytes = bytes - start;
    *zero = true;
    return (void *)slab_start(slab);
}

void *block_alloc(size_t size, size_t align, bool *zero) {
    if (size == 0) size = 1;
    if (size > REQUEST_MAX_BYTES || align > ALIGN_MAX_BYTES) return NULL;
    struct heap *heap = thread_heap();
    /* Rounded up to its alignment, a request gets a bin whose size is a multiple of it. */
    size_t rounded = round_up(size, align);
    if (rounded > BIN_MAX_BYTES) return alloc_wide(size, align, zero);
    return heap_take(heap, &heap->caches[class_of(rounded)], zero);
}

void block_free(struct heap *heap, void *block) {
    if (block == NULL) return;
    struct slab *slab = block_slab(block, "free");
    switch ((enum slab_kind)slab->kind) {
    case SLAB_BINS: heap_put(heap, slab, block); break;
    case SLAB_WIDE: slab->kind = SLAB_FREE; break; /* its memory is not used again (stage 3) */
    case SLAB_FREE: break;                         /* block_slab does not return it */
    }
}
