/* malloc.c -- allocating and freeing: the fast paths, and the calls that are made of them.
 *
 * malloc: the request's class by a table, then the cache: a bin of the magazine, or the cursor's.
 * free:   the slab's header by masking; if its owner is this thread's heap, the bin goes into the
 *         magazine, or its bit into the free map. One comparison tells all other cases apart:
 *         other threads' slabs, wide and huge blocks.
 */
#include "bitslab.h"
#include "block.h"
#include "check.h"
#include "memory_tools.h"
#include "misuse.h"
#include "os.h"
#include "registry.h"
#include "sampler.h"
#include "stats.h"
#include "thread.h"
#include "wide.h"

static NOINLINE void *malloc_refill(size_t size) {
    bool zero;
    void *block = block_alloc(size, 1, &zero);
    if (block == NULL) os_set_error(OS_NO_MEMORY);
    else tool_alloc(block, size, false), handed_out(block, size);
    return block;
}

static NOINLINE void *malloc_slow(size_t size) {
    struct heap *heap = this_thread.heap;
    bool wide = size > BIN_MAX_BYTES && !heap->holds_back && !sampling();
    void *block = wide ? wide_pop(heap, with_canary(size)) : NULL;
    if (block == NULL && size <= SMALL_MAX_BYTES - CANARY_BYTES) block = sampled_malloc(size);
    if (block == NULL) return malloc_refill(size);
    tool_alloc(block, size, false);
    handed_out(block, size);
    return block;
}

LINE_START void *bitslab_malloc(size_t size) {
    void *block = NULL;
    count_malloc();
    check_at_times();
    if (likely(size <= SMALL_MAX_BYTES - CANARY_BYTES))
        block = cache_pop(heap_cache(this_thread.heap, with_canary(size)));
    else if (size <= BIN_MAX_BYTES - CANARY_BYTES && !BITSLAB_GUARD_PAGES)
        block = cache_pop(&this_thread.heap->caches[class_of(with_canary(size))]);
    if (unlikely(block == NULL)) return malloc_slow(size);
    tool_alloc(block, size, false);
    handed_out(block, size);
    return block;
}

static NOINLINE void free_slow(void *block) { block_free(this_thread.heap, block); }

LINE_START void bitslab_free(void *block) {
    count_free(block);
    struct heap *heap = this_thread.heap;
    check_at_times();
    uintptr_t address = (uintptr_t)block;
    if (unlikely(slot_of(address) == 0) || BITSLAB_HARDENED) { /* NULL, too */
        free_slow(block);
        return;
    }
    if (BITSLAB_CHECKED && !registry_has(address)) misuse("free", block, "not a block of ours");
    struct slab *slab = slab_of(address);
    if (unlikely(atom_load(&slab->owner, relaxed) != heap)) {
        if (BITSLAB_CHECKED) free_slow(block);
        else block_free_at(heap, slab, block);
        return;
    }
    if (unlikely(!slab_bin_starts_at(slab, slab_offset(slab, block)))) {
        misuse_free(block, "inside a block");
        return;
    }
    struct cache *cache = heap_cache_at(heap, slab->cache_offset);
    if (unlikely(cache_tops(cache, block))) {
        misuse_free(block, "double free");
        return;
    }
    tool_free(block, slab->bin_bytes);
    if (unlikely(!cache_push(cache, block))) heap_spill(heap, slab, block);
}

static NOINLINE void *calloc_slow(size_t bytes) {
    bool zero;
    void *block = block_alloc(bytes, 1, &zero);
    if (block == NULL) os_set_error(OS_NO_MEMORY);
    else tool_alloc(block, bytes, zero), handed_out(block, bytes);
    if (block == NULL || zero) return block;
    return __builtin_memset(block, 0, bytes);
}

void *bitslab_calloc(size_t count, size_t size) {
    size_t bytes;
    if (unlikely(__builtin_mul_overflow(count, size, &bytes))) {
        os_set_error(OS_NO_MEMORY);
        return NULL;
    }
    count_malloc();
    if (unlikely(bytes > SMALL_MAX_BYTES - CANARY_BYTES)) return calloc_slow(bytes);
    struct cache *cache = heap_cache(this_thread.heap, with_canary(bytes));
    bool zero = cache_zero(cache);
    void *block = cache_pop(cache);
    if (unlikely(block == NULL)) return calloc_slow(bytes);
    tool_alloc(block, bytes, zero);
    handed_out(block, bytes);
    return zero ? block : __builtin_memset(block, 0, bytes);
}
