/* first_class.c -- making heaps, allocating from them, destroying them. */
#include "first_class.h"

#include "bitslab.h"
#include "block.h"
#include "check.h"
#include "huge.h"
#include "misuse.h"
#include "os.h"
#include "pool.h"
#include "registry.h"
#include "remote_free.h"
#include "stats.h"
#include "supply.h"
#include "wide.h"

static struct bitslab_heap *handle_of(struct heap *heap) {
    return (struct bitslab_heap *)((uintptr_t)heap | heap->generation);
}

static struct heap *base_of(struct bitslab_heap *handle) {
    return (struct heap *)((uintptr_t)handle & ~(SLAB_BYTES - 1));
}

/* The heap of a handle that is alive. */
static struct heap *living(struct bitslab_heap *handle, const char *function) {
    struct heap *heap = base_of(handle);
    if (unlikely(!heap->sealed || handle_of(heap) != handle))
        misuse(function, handle, "this heap was destroyed");
    return heap;
}

static struct heap *open_heap(bool bounded) {
    struct heap *heap = heap_obtain();
    if (heap == NULL) {
        os_set_error(OS_NO_MEMORY);
        return NULL;
    }
    heap->sealed = true;
    heap->bounded = bounded;
    heap->tickets = NULL;
    if (++heap->generation == 0) heap->generation = 1;
    return heap;
}

struct bitslab_heap *bitslab_heap_create(void) {
    struct heap *heap = open_heap(false);
    return heap == NULL ? NULL : handle_of(heap);
}

/* Make a superpage of the caller's memory. False: no memory to register it. */
static bool lend(struct heap *heap, uintptr_t base) {
    if (!registry_add(base)) return false;
    __builtin_memset((void *)base, 0, BITSLAB_ZERO_ON_FREE ? SUPERPAGE_BYTES : SLAB_BYTES);
    struct superpage *superpage = superpage_of(base);
    superpage->free_slots = superpage->touched_slots = ALL_SLOTS;
    tool_mapped((void *)base, SUPERPAGE_BYTES);
    tool_forbid((void *)(base + SLAB_BYTES), SUPERPAGE_BYTES - SLAB_BYTES);
    atom_store(&superpage->owner, heap, relaxed);
    heap_link(heap, superpage);
    return true;
}

struct bitslab_heap *bitslab_heap_create_in(void *memory, size_t bytes) {
    uintptr_t start = (uintptr_t)memory, end = start + bytes;
    uintptr_t base = round_up(start, SUPERPAGE_BYTES);
    if (memory == NULL || end < base || base < start || end - base < SUPERPAGE_BYTES) {
        os_set_error(OS_BAD_ARGUMENT);
        return NULL;
    }
    struct heap *heap = open_heap(true);
    if (heap == NULL) return NULL;
    for (; end - base >= SUPERPAGE_BYTES; base += SUPERPAGE_BYTES) {
        if (lend(heap, base)) continue;
        bitslab_heap_destroy(handle_of(heap));
        os_set_error(OS_NO_MEMORY);
        return NULL;
    }
    return handle_of(heap);
}

/* A free ticket of the heap's; NULL: no memory for more of them. */
static _Atomic uintptr_t *new_ticket(struct heap *heap) {
    for (struct tickets *table = heap->tickets; table != NULL; table = table->next)
        for (unsigned i = 0; i < TICKET_COUNT; i++)
            if (atom_load(&table->blocks[i], relaxed) == 0) return &table->blocks[i];
    bool zero;
    struct tickets *table = (struct tickets *)block_alloc_in(heap, sizeof *table, 1, &zero);
    if (table == NULL) return NULL;
    tool_alloc(table, sizeof *table, false);
    handed_out_by(heap, table, sizeof *table);
    __builtin_memset(table, 0, sizeof *table);
    table->next = heap->tickets;
    heap->tickets = table;
    return &table->blocks[0];
}

/* A huge block that the heap knows of; no bounded heap has any. */
static bool enter_huge(struct heap *heap, void *block) {
    struct slab *slab = block_slab(block, "heap_malloc");
    if (slab->kind != SLAB_HUGE) return true;
    _Atomic uintptr_t *ticket = heap->bounded ? NULL : new_ticket(heap);
    if (ticket == NULL) {
        huge_free(slab);
        return false;
    }
    atom_store(ticket, (uintptr_t)block, relaxed);
    slab->ticket = ticket;
    return true;
}

/* *zero: whether the block must read as zero, and then whether it does. */
static void *allocate(struct heap *heap, size_t size, size_t align, bool *zero) {
    bool reads_zero = false;
    bool large = size > BIN_MAX_BYTES || align > SLAB_BYTES || BITSLAB_GUARD_PAGES;
    void *block = block_alloc_in(heap, size, align, &reads_zero);
    if (block != NULL && large && !enter_huge(heap, block)) block = NULL;
    *zero = *zero && reads_zero;
    if (block == NULL) os_set_error(OS_NO_MEMORY);
    else tool_alloc(block, size, *zero), handed_out_by(heap, block, size);
    return block;
}

void *bitslab_heap_malloc(struct bitslab_heap *handle, size_t size) {
    bool zero = false;
    return allocate(living(handle, "heap_malloc"), size, 1, &zero);
}

void *bitslab_heap_aligned_alloc(struct bitslab_heap *handle, size_t align, size_t size) {
    bool zero = false;
    struct heap *heap = living(handle, "heap_aligned_alloc");
    if (is_power_of_two(align)) return allocate(heap, size == 0 ? 1 : size, align, &zero);
    os_set_error(OS_BAD_ARGUMENT);
    return NULL;
}

void *bitslab_heap_calloc(struct bitslab_heap *handle, size_t count, size_t size) {
    bool zero = true;
    size_t bytes;
    struct heap *heap = living(handle, "heap_calloc");
    if (__builtin_mul_overflow(count, size, &bytes)) bytes = SIZE_MAX;
    void *block = allocate(heap, bytes, 1, &zero);
    return block == NULL || zero ? block : __builtin_memset(block, 0, bytes);
}

void *bitslab_heap_realloc(struct bitslab_heap *handle, void *block, size_t size) {
    if (block == NULL) return bitslab_heap_malloc(handle, size);
    if (size == 0) size = 1;
    size_t usable = bitslab_usable_size(block);
    if (size <= usable && size >= usable - usable / 4) return block;
    void *moved = bitslab_heap_malloc(handle, size);
    if (moved == NULL) return NULL;
    __builtin_memcpy(moved, block, usable < size ? usable : size);
    bitslab_heap_free(handle, block);
    return moved;
}

/* Whether the block came from the heap. */
static bool holds(struct heap *heap, struct slab *slab) {
    if (slab->kind != SLAB_HUGE) return superpage_owned(superpage_of((uintptr_t)slab), heap);
    for (struct tickets *table = heap->tickets; table != NULL; table = table->next)
        if (slab->ticket >= table->blocks && slab->ticket < table->blocks + TICKET_COUNT)
            return true;
    return false;
}

void bitslab_heap_free(struct bitslab_heap *handle, void *block) {
    if (block == NULL) return;
    struct heap *heap = living(handle, "heap_free");
    struct slab *slab = block_slab(block, "heap_free");
    if (!holds(heap, slab)) misuse("heap_free", block, "not a block of this heap");
    if (slab->kind != SLAB_BINS || BITSLAB_HARDENED) {
        block_free(heap, block);
        return;
    }
    struct cache *cache = heap_cache_at(heap, slab->cache_offset);
    if (cache_tops(cache, block)) misuse("heap_free", block, "double free");
    tool_free(block, slab->bin_bytes);
    if (!cache_push(cache, block)) heap_put(heap, slab, block);
}

/* Bytes behind a header that blocks may have written. Of a slab with several slots, each has a
 * header; of a wide block, the first only. */
static size_t memory_of(const struct slab *slab) {
    if (slab->kind == SLAB_WIDE) return slab->block_bytes;
    return slab->class == CLASS_ZERO ? 0 : SLAB_BYTES;
}

/* Give up all that a superpage holds: nobody uses it any more, as the program has said. What is free
 * reads as zero where a hardened build looks. */
static void clear(struct superpage *superpage) {
    for (unsigned slot = 1; slot < SLOT_COUNT; slot++) {
        struct slab *slab = superpage_slab(superpage, slot);
        unsigned words = slab->kind == SLAB_BINS ? slab->words : 1;
        if (slab->kind == SLAB_FREE) continue;
        if (BITSLAB_ZERO_ON_FREE) __builtin_memset((void *)slab_start(slab), 0, memory_of(slab));
        for (unsigned i = 0; i < words; i++) atom_store(&remote_map(slab)[i], 0, relaxed);
        atom_store(&slab->owner, NULL, relaxed);
        slab->kind = SLAB_FREE;
    }
    superpage->free_slots = ALL_SLOTS;
    superpage->listed_slots = superpage->stamped_slots = 0;
}

/* Bins in use are blocks for a tool that watches, and their end must be told. */
static void tell_tools_of_bins(struct heap *heap, struct slab *slab) {
    for (unsigned i = 0; i < slab->bin_count; i++) {
        unsigned word = i / WORD_BINS;
        uint64_t idle = free_map(slab)[word] | atom_load(&remote_map(slab)[word], relaxed) |
                        heap_holds(heap, slab, word);
        if (idle >> i % WORD_BINS & 1) continue;
        tool_free((void *)(slab_start(slab) + (uintptr_t)i * slab->bin_bytes), slab->bin_bytes);
    }
}

static void tell_tools(struct heap *heap, struct superpage *superpage) {
    for (unsigned slot = 1; MEMORY_TOOLS && slot < SLOT_COUNT; slot++) {
        struct slab *slab = superpage_slab(superpage, slot);
        if (slab->kind == SLAB_FREE || slab->distance != 0) continue;
        if (slab->kind == SLAB_BINS) tell_tools_of_bins(heap, slab);
        else if (!slab_wide_waits(slab)) tool_free((void *)slab_start(slab), slab->block_bytes);
    }
}

static void free_huge_blocks(struct heap *heap) {
    for (struct tickets *table = heap->tickets; table != NULL; table = table->next)
        for (unsigned i = 0; i < TICKET_COUNT; i++) {
            void *block = (void *)atom_load(&table->blocks[i], relaxed);
            if (block != NULL) block_free(heap, block);
        }
    heap->tickets = NULL;
}

static void give_away(struct heap *heap, struct superpage *superpage) {
    uintptr_t base = superpage_base((uintptr_t)superpage);
    heap_unlink(heap, superpage);
    clear(superpage);
    tool_forbid((void *)(base + SLAB_BYTES), SUPERPAGE_BYTES - SLAB_BYTES);
    if (!heap->bounded) {
        if (BITSLAB_GUARD_PAGES) superpage_close(superpage, 1, SLOT_COUNT - 1);
        pool_put(superpage);
        return;
    }
    registry_remove(base);
    tool_open((void *)base, SUPERPAGE_BYTES); /* it is the caller's again */
    tool_unmapped((void *)base, SUPERPAGE_BYTES);
}

/* Its caches hold bins of slabs that are gone. */
static void forget_bins(struct heap *heap) {
    for (unsigned class = 0; class < CLASS_COUNT; class++) {
        struct cache *cache = &heap->caches[class];
        while (cache_pop(cache) != NULL) continue;
        list_init(&cache->slabs);
    }
    for (unsigned i = 0; i < RECENT_COUNT; i++) heap->recent[i] = NULL;
}

/* Whether the handle's address is one of a heap's at all. */
static bool is_heap(const struct heap *wanted) {
    for (struct heap *heap = heap_newest(); heap != NULL; heap = heap->made_before)
        if (heap == wanted) return true;
    return false;
}

int bitslab_heap_destroy(struct bitslab_heap *handle) {
    if (handle == NULL) return 0;
    struct heap *heap = base_of(handle);
    if (!is_heap(heap) || !heap->sealed || handle_of(heap) != handle) {
        static const char text[] = "bitslab: heap_destroy: no such heap, or destroyed before\n";
        os_write(text, sizeof text - 1);
        os_set_error(OS_BAD_ARGUMENT);
        return -1;
    }
    free_huge_blocks(heap);
    while (!list_empty(&heap->superpages)) {
        struct superpage *first = container_of(heap->superpages.next, struct superpage, link);
        tell_tools(heap, first);
        give_away(heap, first);
    }
    forget_bins(heap);
    heap->sealed = heap->bounded = false;
    heap_leave(heap);
    return 0;
}
