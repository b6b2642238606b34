/* observe_walk.c -- visiting every block.
 *
 * Of each word of a slab's maps it is asked which bins are free, freed by others, or in caches; the
 * others are live.
 */
#include "check.h"
#include "observe.h"
#include "registry.h"

struct walk {
    bitslab_visit *visit;
    void *argument;
    struct heap *only; /* whose caches are looked at; NULL: all */
};

static int visit(const struct walk *walk, uintptr_t at, size_t bytes, int class,
                 enum bitslab_state state) {
    struct bitslab_block block = {(void *)at, bytes, class, state};
    return walk->visit(walk->argument, &block);
}

static int walk_word(const struct walk *walk, const struct slab *slab, unsigned word) {
    uint64_t free = free_map(slab)[word];
    uint64_t remote = atom_load(&remote_map(slab)[word], relaxed);
    uint64_t held = heaps_hold(slab, word, walk->only);
    unsigned first = word * WORD_BINS;
    size_t bytes = slab->class == CLASS_ZERO ? 0 : slab->bin_bytes;
    for (unsigned i = 0; i < WORD_BINS && first + i < slab->bin_count; i++) {
        enum bitslab_state state = free >> i & 1     ? BITSLAB_FREE
                                   : remote >> i & 1 ? BITSLAB_REMOTE
                                   : held >> i & 1   ? BITSLAB_CACHED
                                                     : BITSLAB_LIVE;
        uintptr_t at = slab_start(slab) + (uintptr_t)(first + i) * slab->bin_bytes;
        int stop = visit(walk, at, bytes, slab->class, state);
        if (stop != 0) return stop;
    }
    return 0;
}

static int walk_slab(const struct walk *walk, const struct slab *slab) {
    int stop = 0;
    if (slab->kind == SLAB_WIDE) {
        enum bitslab_state state = slab_kept(slab)         ? BITSLAB_CACHED
                                   : slab_wide_waits(slab) ? BITSLAB_REMOTE
                                                           : BITSLAB_LIVE;
        return visit(walk, slab_start(slab), slab->block_bytes, -1, state);
    }
    for (unsigned word = 0; word < slab->words && stop == 0; word++)
        stop = walk_word(walk, slab, word);
    return stop;
}

/* A huge block's header is in a slot of its own kind; there is no other slab beside it. */
static int walk_piece(const struct walk *walk, struct superpage *piece) {
    int stop = 0;
    for (unsigned slot = 1, slots; slot < SLOT_COUNT && stop == 0; slot += slots) {
        const struct slab *slab = superpage_slab(piece, slot);
        slots = slab->kind == SLAB_FREE ? 1 : slab->slots;
        if (slab->kind == SLAB_HUGE) {
            uintptr_t start = slab_start(slab);
            uintptr_t at = start + (uint32_t)(slab->start - (uint32_t)start);
            return visit(walk, at, slab->block_bytes, -1, BITSLAB_LIVE);
        }
        if (slab->kind != SLAB_FREE) stop = walk_slab(walk, slab);
    }
    return stop;
}

int bitslab_walk(bitslab_visit *visit, void *argument) {
    struct heap *heap = this_thread.heap;
    struct walk walk = {visit, argument, heap};
    int stop = 0;
    if (heap == &empty_heap) return 0;
    for (struct list *link = heap->superpages.next; link != &heap->superpages && stop == 0;
         link = link->next)
        stop = walk_piece(&walk, container_of(link, struct superpage, link));
    return stop;
}

int bitslab_walk_all(bitslab_visit *visit, void *argument) {
    struct walk walk = {visit, argument, NULL};
    int stop = 0;
    for (uintptr_t base = 0; stop == 0 && (base = registry_next(base)) != 0;)
        stop = walk_piece(&walk, superpage_of(base));
    return stop;
}
