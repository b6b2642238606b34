/* resize.c -- realloc: in the same bin, in place, by the OS, or by moving. */
#include "bitslab.h"
#include "block.h"
#include "huge.h"
#include "memory_tools.h"
#include "registry.h"
#include "sampler.h"
#include "superpage.h"
#include "thread.h"
#include "wide.h"

/* What most calls come to: the block stays in its bin or run of slots, as its header's first line
 * tells, and less than a quarter is wasted. False: not so, or not certainly. */
static bool stays(const void *block, size_t size) {
    uintptr_t address = (uintptr_t)block;
    if (BITSLAB_CHECKED || BITSLAB_HARDENED || MEMORY_TOOLS) return false;
    if (slot_of(address) == 0 || !registry_has(address)) return false;
    const struct slab *slab = slab_of(address);
    uint32_t offset = slab_offset(slab, block), usable = slab->bin_bytes;
    if (slab->kind == SLAB_FREE || slab->class == CLASS_ZERO) return false;
    return size <= usable && size >= usable - usable / 4 && slab_begins_at(slab, offset);
}

/* The size fits the block, and another one would not suit it better: it is of the same class, or
 * less than a quarter is wasted. */
static bool fits(const struct slab *slab, size_t size) {
    size_t usable = block_usable(slab);
    if (size > usable) return false;
    if (slab->kind == SLAB_BINS && class_of(size) == slab->class) return true;
    return size >= usable - usable / 4;
}

static bool served_as_wide(size_t size) { return size > BIN_MAX_BYTES && size <= WIDE_MAX_BYTES; }

/* The block at its new size without copying it; NULL if that cannot be. */
static void *resize_in_place(struct slab *slab, void *block, size_t size) {
    if (fits(slab, size)) return block;
    if (slab->kind == SLAB_HUGE) return size > WIDE_MAX_BYTES ? huge_resize(slab, size) : NULL;
    if (slab->kind != SLAB_WIDE || !served_as_wide(size)) return NULL;
    struct heap *heap = this_thread.heap;
    struct superpage *superpage = superpage_of((uintptr_t)slab);
    if (!superpage_owned(superpage, heap)) return NULL;
    return wide_resize(heap, slab, size) ? block : NULL;
}

static NOINLINE void *realloc_slow(void *block, size_t size) {
    if (block == NULL) return bitslab_malloc(size);
    struct slab *slab = block_slab(block, "realloc");
    size_t usable = block_usable_at(slab, block);
    /* A tool that watches blocks sees more if they move, and a canary stands where it was put. */
    bool may_stay = size <= REQUEST_MAX_BYTES && !MEMORY_TOOLS && !BITSLAB_HARDENED;
    bool large = slab->kind != SLAB_BINS; /* the header may move with the block */
    void *same = may_stay ? resize_in_place(slab, block, size) : NULL;
    if (same != NULL) {
        if (unlikely(sampling()) && large) sampled_resize(block, same);
        return same;
    }
    void *moved = bitslab_malloc(size);
    if (moved == NULL) return NULL;
    tool_open(block, usable); /* what was asked for is not known */
    __builtin_memcpy(moved, block, usable < size ? usable : size);
    bitslab_free(block);
    return moved;
}

void *bitslab_realloc(void *block, size_t size) {
    if (size == 0) size = block != NULL; /* without a block, it is malloc(0) */
    if (likely(stays(block, size)) && likely(!sampling())) return block;
    return realloc_slow(block, size);
}

size_t bitslab_usable_size(const void *block) {
    if (block == NULL) return 0;
    size_t usable = block_usable_at(block_slab(block, "usable_size"), block);
    tool_open((void *)block, usable);
    return usable;
}
