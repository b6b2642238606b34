/* block.c -- the slow half of malloc and free: every kind of block, every owner. */
#include "block.h"

#include "huge.h"
#include "huge_cache.h"
#include "limit.h"
#include "memory_tools.h"
#include "misuse.h"
#include "orphanage.h"
#include "registry.h"
#include "remote_free.h"
#include "sampler.h"
#include "thread.h"
#include "wide.h"

/* Of a huge block only the first slot's header is written: that of an address inside looks free. */
static void not_inside_huge(uintptr_t address, const char *function) {
    const struct slab *first = superpage_slab(superpage_of(address), 1);
    if (first->kind == SLAB_HUGE && first->start != (uint32_t)address)
        misuse(function, (void *)address, "inside a block");
}

/* As far as this thread may look. */
static bool freed_before(struct slab *slab, const void *block) {
    if (slab->kind == SLAB_WIDE) return atom_load(&remote_map(slab)[0], relaxed) != 0;
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
    if (slab->kind == SLAB_FREE || (slab->kind == SLAB_WIDE && slab_kept(slab)))
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

void *block_alloc_in(struct heap *heap, size_t size, size_t align, bool *zero) {
    if (size > REQUEST_MAX_BYTES || align > REQUEST_MAX_BYTES - size) return NULL;
    return alloc_by_size(heap, size, align, zero);
}

static void *alloc_from_heap(size_t size, size_t align, bool *zero) {
    struct heap *heap = thread_heap();
    if (heap == NULL) return NULL;
    void *block = unlikely(sampling()) ? sampled_alloc(heap, size, align, zero)
                                       : alloc_by_size(heap, size, align, zero);
    thread_heap_done(heap);
    return block;
}

void *block_alloc(size_t size, size_t align, bool *zero) {
    if (size > REQUEST_MAX_BYTES || align > REQUEST_MAX_BYTES - size) return NULL;
    void *block = alloc_from_heap(size, align, zero);
    /* Cached mappings may be what the OS is short of. */
    if (block == NULL && huge_cache_trim()) block = alloc_from_heap(size, align, zero);
    if (block == NULL && BITSLAB_QUARANTINE && this_thread.heap != &empty_heap) {
        heap_flush(this_thread.heap);
        block = alloc_from_heap(size, align, zero);
    }
    for (unsigned round = 0; block == NULL && memory_wanted(size, round); round++)
        block = alloc_from_heap(size, align, zero);
    return block;
}

/* The heap owns the superpage: a wide block, or a bin of a slab not yet stamped. */
static void free_own(struct heap *heap, struct slab *slab, void *block) {
    if (slab->kind == SLAB_WIDE) {
        if (!wide_push(heap, slab)) wide_free(heap, slab);
        return;
    }
    if (!slab_sampled(slab)) superpage_stamp(superpage_of((uintptr_t)slab), slab, heap);
    struct cache *cache = heap_cache_at(heap, slab->cache_offset);
    cache->spilled |= cache->top == cache->limit; /* there was no room for it anyway */
    heap_put(heap, slab, block);
}

/* Whether the heap owns a superpage, or does so from now on. */
static bool owns(struct heap *heap, struct superpage *superpage) {
    struct heap *owner = atom_load(&superpage->owner, relaxed);
    if (owner != OWNER_NOBODY || heap == &empty_heap) return owner == heap;
    return superpage_take_back(heap, superpage);
}

static void free_in_superpage(struct heap *heap, struct slab *slab, void *block) {
    if (owns(heap, superpage_of((uintptr_t)slab))) {
        free_own(heap, slab, block);
        return;
    }
    unsigned index = slab->kind == SLAB_BINS ? slab_bin_index(slab, slab_offset(slab, block)) : 0;
    remote_free(heap, slab, index);
}

void block_give_back(struct heap *heap, void *bin) {
    struct slab *slab = slab_of((uintptr_t)bin);
    if (likely(atom_load(&slab->owner, relaxed) == heap)) {
        heap_put(heap, slab, bin);
        return;
    }
    slab = slab_head(slab);
    if (unlikely(slab->kind != SLAB_BINS)) misuse_free(bin, "double free");
    free_in_superpage(heap, slab, bin);
}

void block_give_back_wide(struct heap *heap, void *block) {
    struct slab *slab = slab_of((uintptr_t)block);
    if (owns(heap, superpage_of((uintptr_t)slab))) wide_free(heap, slab);
    else remote_free(heap, slab, 0);
}

/* Its slots may become slabs, whose bins must read as zero. */
static void zero_wide(const struct slab *slab, void *block) {
    __builtin_memset(block, 0, slab->block_bytes);
}

/* A first-class heap's bins may wait in no other heap, which would outlive them. */
static bool may_wait(const struct slab *slab) { return !slab->sealed && !slab_sampled(slab); }

/* Its owner field tells, but for a slab that is not stamped yet. Looking at the superpage as well would
 * fetch the line that all strangers write to. */
static bool strangers(const struct heap *heap, const struct slab *slab) {
    return atom_load(&slab->owner, relaxed) != NULL ||
           !superpage_owned(superpage_of((uintptr_t)slab), heap);
}

static void free_hardened(struct heap *heap, struct slab *slab, void *block) {
    if (slab->kind == SLAB_WIDE && BITSLAB_ZERO_ON_FREE) zero_wide(slab, block);
    harden_came_back(heap, slab, block);
    if (slab->kind == SLAB_WIDE || slab->sealed) free_in_superpage(heap, slab_head(slab), block);
    else if ((block = harden_swap(heap, block)) != NULL) block_give_back(heap, block);
}

/* What is rare, and what is wrong. */
static NOINLINE void free_other(struct heap *heap, void *block) {
    if (block == NULL) return;
    struct slab *slab = block_slab(block, "free");
    tool_free(block, block_usable(slab));
    if (BITSLAB_HARDENED && slab->kind != SLAB_HUGE) {
        free_hardened(heap, slab, block);
        return;
    }
    if (unlikely(sampling())) sampled_free(slab, block);
    if (slab->kind == SLAB_HUGE) huge_free(slab);
    else free_in_superpage(heap, slab, block);
}

/* A thread that only frees gets a heap, too, where it can hold bins back: its end will tell their
 * owners. */
static NOINLINE void free_stranger(struct heap *heap, struct slab *slab, void *block) {
    bool needs_heap = heap == &empty_heap && !this_thread.ended;
    if (needs_heap && (heap = thread_heap()) == NULL) heap = &empty_heap;
    free_in_superpage(heap, slab, block);
    if (needs_heap) thread_heap_done(heap);
}

/* A stranger's bin may be handed out again here, at no cost, unless it is so small that its
 * cache line would be shared with the stranger. A few go home all the same, so that a thread does
 * not live on strangers' bins for ever: frees of its own cost less. */
static inline bool keep(struct heap *heap, const struct slab *slab, void *bin) {
    if (slab->bin_bytes < FOREIGN_MIN_BYTES) return false;
    struct cache *cache = heap_cache_at(heap, slab->cache_offset);
    if (!cache_used(cache) || !may_wait(slab) || !strangers(heap, slab)) return false;
    if (unlikely(cache_tops(cache, bin))) misuse("free", bin, "double free");
    return ++heap->foreign_frees % FOREIGN_HOME != 0 && cache_push_foreign(cache, bin);
}

static NOINLINE void free_sampled(struct heap *heap, struct slab *slab, void *block) {
    sampled_free(slab, block);
    if (!keep(heap, slab, block)) free_stranger(heap, slab_head(slab), block);
}

/* The short way of a wide block to where its thread will soon ask for it again. */
static bool keep_wide(struct heap *heap, struct slab *slab, void *block) {
    if (!slab_begins_at(slab, slab_offset(slab, block)) || sampling()) return false;
    if (!superpage_owned(superpage_of((uintptr_t)slab), heap)) return false;
    if (!wide_push(heap, slab)) return false;
    tool_free(block, slab->block_bytes);
    return true;
}

/* The first of its word, or a sampler is to be told. */
static NOINLINE void free_first(struct heap *heap, struct slab *slab, void *block) {
    bool ours = registry_has((uintptr_t)block);
    if (ours && slab->kind == SLAB_WIDE && keep_wide(heap, slab, block)) return;
    if (!ours || slab->kind != SLAB_BINS || !slab_begins_at(slab, slab_offset(slab, block))) {
        free_other(heap, block);
        return;
    }
    tool_free(block, block_usable(slab));
    if (unlikely(sampling())) free_sampled(heap, slab, block);
    else free_stranger(heap, slab_head(slab), block);
}

/* One of a word of which this thread holds others back lies in a slab of ours: it has bins that are out,
 * so it is still there. */
static NOINLINE void free_word(struct heap *heap, struct slab *slab, void *block) {
    uint32_t offset = slab_offset(slab, block);
    unsigned index = slab_bin_index(slab, offset);
    const struct slab *head = slab_head(slab);
    struct pending *entry = remote_entry(heap, head, index / WORD_BINS);
    if (!remote_holds(entry, head, index / WORD_BINS) || unlikely(sampling())) {
        free_first(heap, slab, block);
    } else if (unlikely(!slab_begins_at(slab, offset))) {
        free_other(heap, block);
    } else if (unlikely(remote_holds_bin(entry, index))) {
        misuse_free(block, "double free");
    } else {
        tool_free(block, block_usable(slab));
        heap->held_last = block;
        remote_hold(heap, entry, index);
    }
}

/* Whether it was a stranger's bin that was kept. One that is held back already was freed twice:
 * free_word tells. */
static inline bool keep_bin(struct heap *heap, const struct slab *slab, void *block) {
    bool allocates = heap->refills != 0;
    if (!allocates || !registry_has((uintptr_t)block) || slab->kind != SLAB_BINS) return false;
    if (!slab_begins_at(slab, slab_offset(slab, block)) || sampling()) return false;
    if (block == heap->held_last || !keep(heap, slab, block)) return false;
    tool_free(block, slab->bin_bytes);
    return true;
}

/* Most blocks that come here are strangers' bins, and in a thread that allocates as well most of these
 * are kept. The calls stand at the ends, so that the way between them needs no stack. */
void block_free_at(struct heap *heap, struct slab *slab, void *block) {
    if (!keep_bin(heap, slab, block)) free_word(heap, slab, block);
}

void block_free(struct heap *heap, void *block) {
    uintptr_t address = (uintptr_t)block;
    if (slot_of(address) == 0 || BITSLAB_CHECKED || BITSLAB_HARDENED) free_other(heap, block);
    else block_free_at(heap, slab_of(address), block);
}
