/* scenarios.c -- the list, and the questions that several scenarios ask at the end. */
#include "scenarios.h"

#include "bitslab.h"
#include "remote_free.h"
#include "thread.h"
#if STAGE >= 6
#include "check.h"
#endif

extern const struct scenario two_freers, three_freers, two_words, three_words, combining,
    three_combining, evicting, wide_block;
#if STAGE >= 6
extern const struct scenario exit_one, exit_two, exit_held, exit_frozen, holder_ends, adopters,
    adopt_or_claim;
extern const struct scenario limit_lowered, text_set, chains;
extern const struct scenario pool_decay_one, pool_decay_two, huge_decay, huge_due;
extern const struct scenario pool_aba, pool_three, idle_one, idle_two, idle_wakes,
    idle_wakes_frozen;
extern const struct scenario sb, sb_seq_cst, sb_or, sb_or_seq_cst, mp, mp_no_release, mp_no_acquire,
    release_sequence, release_sequence_broken, iriw, iriw_seq_cst, coherence;
extern const struct scenario forked, heap_passes_on, first_calls, huge_cache, huge_pushed_out,
    huge_trimmed, huge_no_room;
#endif

const struct scenario *const scenarios[] = {
    &two_freers,
    &three_freers,
    &two_words,
    &three_words,
    &combining,
    &three_combining,
    &evicting,
    &wide_block,
#if STAGE >= 6
    &exit_one,
    &exit_two,
    &exit_held,
    &exit_frozen,
    &holder_ends,
    &adopters,
    &adopt_or_claim,
    &pool_aba,
    &pool_three,
    &idle_one,
    &idle_two,
    &idle_wakes,
    &idle_wakes_frozen,
    &forked,
    &heap_passes_on,
    &first_calls,
    &huge_cache,
    &huge_pushed_out,
    &huge_trimmed,
    &huge_no_room,
    &limit_lowered,
    &text_set,
    &chains,
    &pool_decay_one,
    &pool_decay_two,
    &huge_decay,
    &huge_due,
    &sb,
    &sb_seq_cst,
    &sb_or,
    &sb_or_seq_cst,
    &mp,
    &mp_no_release,
    &mp_no_acquire,
    &release_sequence,
    &release_sequence_broken,
    &iriw,
    &iriw_seq_cst,
    &coherence,
#endif
    NULL,
};

static struct heap *heap_of(unsigned thread) {
    return ((struct thread *)run.threads[thread].registers)->heap;
}

#if STAGE >= 6
void come_and_go(void) {
    thread_heap();
    thread_ends();
    this_thread = (struct thread){.heap = &empty_heap};
}
#endif

/* Whether the bin waits in a cache of any thread. */
static bool held(const struct slab *slab, const void *block) {
    for (unsigned thread = 0; thread < run.scenario->threads; thread++) {
        const struct heap *heap = heap_of(thread);
        const struct cache *cache = &heap->caches[slab->class];
        uintptr_t in_cursor = ((uintptr_t)block - cache->cursor_at) / slab->bin_bytes;
        if (in_cursor < WORD_BINS && (cache->cursor >> in_cursor & 1)) return true;
        for (void **next = cache->bottom; next != cache->top; next++)
            if (*next == block) return true;
    }
    return false;
}

enum whereabouts where_is(const void *block) {
    struct slab *slab = slab_head(slab_of((uintptr_t)block));
    unsigned index = slab_bin_index(slab, slab_offset(slab, block));
    uint64_t bit = (uint64_t)1 << index % WORD_BINS;
    if (slab->kind != SLAB_BINS || (free_map(slab)[index / WORD_BINS] & bit)) return FREE;
    if (atom_load(&remote_map(slab)[index / WORD_BINS], relaxed) & bit) return REMOTE;
    return held(slab, block) ? HELD : LIVE;
}

void announced(const void *block) {
    struct slab *slab = slab_head(slab_of((uintptr_t)block));
    struct superpage *superpage = superpage_of((uintptr_t)block);
    uint32_t notice = atom_load(&superpage->notice, relaxed);
    if (where_is(block) != REMOTE) return;
    must(notice >> slab_slot(slab) & 1, "I7: a free is lost: its bit is set, but no notice");
}

void whole(void) {
#if STAGE >= 6
    struct bitslab_survey survey;
    bitslab_survey(&survey);
#endif
}
