/* wrong.c -- what a program may not do, and how soon it must be told.
 *
 * Default   build: pointers into a live block, sizes and alignments that a block cannot have, and a
 *           block freed twice in a row by its owner are caught at once. Nothing else is tried.
 * Checked   build: a free of anything but a live block is caught. At once, where canaries tell live
 *           bins from dead ones; else at once or when the owner of the bin next looks at what others
 *           freed (trim), since who is no owner may not read its maps. A block that was written
 *           beyond its end is caught at its free.
 * After     a wrong call the input is over, caught or not.
 */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "bitslab.h"
#include "calls.h"
#include "os_fuzz.h"
#include "registry.h"
#include "threads.h"

#define KNOWS_BINS (BITSLAB_CANARY && BITSLAB_ZERO_ON_FREE)

enum function { FREE, REALLOC, USABLE_SIZE, FREE_SIZED, FREE_ALIGNED_SIZED, TRIM };

static const char *const names[] = {
    "free", "realloc", "usable_size", "free_sized", "free_aligned_sized", "trim",
};

static void make(enum function function, uintptr_t at, size_t size, size_t align) {
    switch (function) {
    case FREE: bitslab_free((void *)at); break;
    case REALLOC: (void)bitslab_realloc((void *)at, size); break;
    case USABLE_SIZE: (void)bitslab_usable_size((void *)at); break;
    case FREE_SIZED: bitslab_free_sized((void *)at, size); break;
    case FREE_ALIGNED_SIZED: bitslab_free_aligned_sized((void *)at, align, size); break;
    case TRIM: (void)bitslab_trim(); break;
    }
}

/* The header for an address that may be anything; NULL: there is none. */
static const struct slab *header_at(uintptr_t at) {
    if (slot_of(at) == 0 || !registry_has(at)) return NULL;
    const struct slab *first = superpage_slab(superpage_of(at), 1);
    /* Between guard pages, a huge block has no other. */
    return BITSLAB_GUARD_PAGES && first->kind == SLAB_HUGE ? first : slab_of(at);
}

/* What looked at a bin may have written to it before it gave up. */
static void note_touch(uintptr_t at) {
    const struct slab *slab = header_at(at);
    if (in_arena(at) && slab != NULL && slab->kind == SLAB_BINS) arena_touch(at, slab->bin_bytes);
}

/* Whether the call ended in the message and abort(). */
static bool caught(enum function function, uintptr_t at, size_t size, size_t align) {
    say("T%u  %s(%#zx, %zu, %#zx), which is wrong\n", threads_current(), names[function], at, size,
        align);
    run.over = true;
    fuzz_os.abort_expected = true;
    bool aborted = setjmp(fuzz_os.escape) != 0;
    if (!aborted) make(function, at, size, align);
    fuzz_os.abort_expected = false;
    if (!aborted) return false;
    say("      the allocator says: %s", fuzz_os.message);
    note_touch(at);
    return true;
}

/* The message names the pointer, and the function or one that it uses. */
static void check_message(enum function function, uintptr_t at) {
    const char *const allowed[] = {names[function], "free", "usable_size"};
    char start[64];
    for (unsigned i = 0; i < 3; i++) {
        snprintf(start, sizeof start, "bitslab: %s(%#zx): ", allowed[i], at);
        if (strncmp(fuzz_os.message, start, strlen(start)) == 0) return;
    }
    violated("%s(%#zx): wrong, but the message is: %s", names[function], at, fuzz_os.message);
}

static void must_be_caught(enum function function, uintptr_t at, size_t size, size_t align) {
    if (!caught(function, at, size, align))
        violated("%s(%#zx, %zu, %#zx): wrong, but not caught", names[function], at, size, align);
    check_message(function, at);
}

static struct heap *owner_of(uintptr_t at) {
    return registry_has(at) ? atom_load(&superpage_of(at)->owner, relaxed) : NULL;
}

/* A free that need not be caught before its bin's owner looks. Nobody does if the OS has no memory for
 * the looker's heap; and where an earlier free still waits in a thread that stopped, this one is the
 * first that anybody sees. */
static void must_be_caught_soon(uintptr_t at) {
    struct heap *owner = owner_of(at);
    size_t failures = fuzz_os.failures;
    bool will_look = owner == OWNER_POOL || owner == OWNER_NOBODY || threads_can_run(owner);
    bool first = threads_stopped_with((const void *)at);
    if (!caught(FREE, at, 0, 0)) {
        bool later = false;
        for (unsigned i = 0; i < THREADS && !later; i++) {
            threads_run(i);
            later = caught(TRIM, at, 0, 0);
        }
        if (!later && (!will_look || first || fuzz_os.failures != failures)) return;
        if (!later) violated("free(%#zx): wrong, but not caught", at);
    }
    check_message(FREE, at);
}

/* Offsets into a block. */
static uintptr_t inside(const struct block *block, uint8_t choice) {
    const size_t offsets[] = {1,
                              8,
                              16,
                              block->usable / 2,
                              block->usable - 1,
                              UNIT_BYTES,
                              PIECE_BYTES - UNIT_BYTES,
                              PIECE_BYTES};
    size_t offset = offsets[choice % 8] * (1 + choice / 128);
    return block->at + (offset < block->usable ? offset : 1);
}

/* The address behind the last bin of a slab. */
static uintptr_t behind_last_bin(const struct block *block) {
    const struct slab *slab = slab_head(slab_of(block->at));
    return slab->kind != SLAB_BINS
               ? block->at + block->taken
               : slab_start(slab) + (uintptr_t)slab->bin_count * slab->bin_bytes;
}

static char foreign_data[64];

static uintptr_t foreign(uint8_t choice) {
    const uintptr_t pointers[] = {
        16,
        (uintptr_t)foreign_data,
        0x123456789ab0,
        PIECE_BYTES,
        ARENA_BASE - 16,
        ARENA_BASE + ARENA_BYTES,
        (uintptr_t)1 << 60,
        UINTPTR_MAX - 15,
    };
    return pointers[choice % 8];
}

static uintptr_t wrong_pointer(const struct step *step) {
    struct block *block = block_from(step->b, 256);
    uintptr_t in_unit = (uintptr_t)(step->a / 8) * 16;
    switch (step->a % 8) {
    case 0:
    case 1: return block == NULL ? 0 : inside(block, step->c);
    case 2: return block == NULL ? 0 : behind_last_bin(block);
    case 3: return block == NULL ? 0 : block->at + block->taken * step->c;
    case 4:
    case 5: return shadow_dead(step->b);
    case 6: return foreign(step->c);
    default: return ARENA_BASE + (step->b << 8 | step->c) % 2048 * UNIT_BYTES + in_unit;
    }
}

static bool is_wrong(uintptr_t at) {
    const struct block *block = in_arena(at) ? shadow_at(at) : NULL;
    return at != 0 && (block == NULL || block->at != at);
}

/* Whether every build sees from the headers that the pointer is wrong. */
static bool is_misplaced(uintptr_t at) {
    return in_arena(at) && (shadow_at(at) != NULL || slot_of(at) == 0);
}

/* Whether a checked build sees at once that no live block is there. */
static bool is_known_dead(uintptr_t at) {
    if (!BITSLAB_CHECKED) return false;
    const struct slab *slab = header_at(at);
    if (slab == NULL || slab->kind != SLAB_BINS) return true;
    if (KNOWS_BINS) return slab->class != CLASS_ZERO;
    return !BITSLAB_QUARANTINE && owner_of(at) == this_thread.heap; /* who may look into its maps */
}

void wrong_free(const struct step *step) {
    uintptr_t at = wrong_pointer(step);
    if (!is_wrong(at)) return;
    if (is_misplaced(at) || is_known_dead(at)) must_be_caught(FREE, at, 0, 0);
    else if (BITSLAB_CHECKED) must_be_caught_soon(at);
}

void wrong_resize(const struct step *step) {
    uintptr_t at = wrong_pointer(step);
    enum function function = step->a & 8 ? REALLOC : USABLE_SIZE;
    if (!is_wrong(at)) return;
    if (!in_arena(at) || is_misplaced(at) || is_known_dead(at))
        must_be_caught(function, at, 100, 0);
}

static struct slab *slab_with(uintptr_t at) {
    return slab_of(slot_of(at) == 0 ? at - SLAB_BYTES : at);
}

/* Whether a second free of a live block by this thread would be the owner's. */
static bool is_own(uintptr_t at) {
    const struct slab *slab = slab_with(at);
    if (slab->kind == SLAB_BINS) return atom_load(&slab->owner, relaxed) == this_thread.heap;
    return slab->kind == SLAB_HUGE || owner_of(at) == this_thread.heap;
}

/* Whether this thread keeps the bin, on top of a magazine or to tell its owner later. */
static bool is_at_hand(uintptr_t at) {
    const struct heap *heap = this_thread.heap;
    const struct slab *slab = slab_with(at);
    if (heap == &empty_heap || slot_of(at) == 0 || slab->kind != SLAB_BINS) return false;
    unsigned index = slab_bin_index(slab, slab_offset(slab, (const void *)at));
    for (unsigned i = 0; i < COMBINE_COUNT; i++) {
        const struct pending *held = &heap->pending[i];
        if (held->slab == slab_head((struct slab *)slab) && held->word == index / WORD_BINS &&
            held->bins >> index % WORD_BINS & 1)
            return true;
    }
    return cache_tops(&heap->caches[slab->class], (const void *)at);
}

void wrong_again(const struct step *step) {
    struct block *block = block_from(step->a << 8 | step->b, 1 << 16);
    if (block == NULL) return;
    uintptr_t at = block->at;
    bool own = is_own(at);
    free_block(block);
    if (!is_wrong(at)) return;                                  /* the hook got it */
    if (!BITSLAB_CHECKED && arena_mapping_end(at) == 0) return; /* it would crash */
    if (BITSLAB_CHECKED ? is_known_dead(at) : own || is_at_hand(at)) must_be_caught(FREE, at, 0, 0);
    else if (BITSLAB_CHECKED) must_be_caught_soon(at);
}

/* Whether no request of the size gets such a block; realloc leaves a quarter of it unused. */
static bool is_impossible(const struct block *block, size_t size) {
    const struct slab *slab = slab_with(block->at);
    if (size > block->usable) return true;
    if (BITSLAB_CANARY && slab->kind == SLAB_BINS) return size != block->usable;
    if (BITSLAB_GUARD_PAGES && slab->kind == SLAB_HUGE)
        return block->usable - size >= (block->at & (0 - block->at));
    if (slab->kind == SLAB_HUGE || size >= block->usable - block->usable / 4) return false;
    return slab->kind != SLAB_BINS || class_of(size ? size : 1) != slab->class;
}

void wrong_size(const struct step *step) {
    struct block *block = block_from(step->a, 256);
    if (block == NULL) return;
    enum function function = step->b & 2 ? FREE_SIZED : FREE_ALIGNED_SIZED;
    size_t more = (size_t)step->c << step->b / 16;
    size_t size = step->b & 1 ? block->usable + 1 + more : block->usable * step->c / 256;
    if (is_impossible(block, size) && is_impossible(block, round_up(size, 16)))
        must_be_caught(function, block->at, size, 16);
}

/* A byte behind the block is written; the canary tells when it comes back. */
void wrong_write(const struct step *step) {
    struct block *block = block_from(step->a << 8 | step->b, 1 << 16);
    if (!BITSLAB_CANARY || block == NULL || block->usable == 0) return;
    if (block->taken == block->usable) return; /* no bin */
    size_t offset = block->usable + step->c % (block->taken - block->usable);
    say("T%u  writes to byte %zu of #%u\n", threads_current(), offset, block->number);
    *(unsigned char *)(block->at + offset) ^= 0x55;
    must_be_caught(FREE, block->at, 0, 0);
}

void wrong_alignment(const struct step *step) {
    struct block *block = block_from(step->a, 256);
    if (block == NULL) return;
    size_t align = (block->at & (0 - block->at)) << (1 + step->b % 8);
    must_be_caught(FREE_ALIGNED_SIZED, block->at, block->size, align);
}
