/* remote_free.c -- bit, then notice; and the owner's side. */
#include "remote_free.h"

#include "misuse.h"
#include "orphanage.h"
#include "supply.h"

static void *bin_at(const struct slab *slab, unsigned word, uint64_t bins) {
    size_t index = word * WORD_BINS + lowest_bit(bins);
    return (void *)(slab_start(slab) + index * slab->bin_bytes);
}

/* Using the old value turns the wait-free OR into a loop on x86, so only a checked build does. */
static void publish_checked(struct slab *slab, unsigned word, uint64_t bins) {
    uint64_t old = atom_or_old(&remote_map(slab)[word], bins, seq_cst); /* [RF-1], [RF-3] */
    if (old & bins) misuse_free(bin_at(slab, word, bins), "double free");
}

/* Set bins in a slab's remote map and see to it that somebody will look there. */
static void publish(struct heap *heap, struct slab *slab, unsigned word, uint64_t bins) {
    struct superpage *superpage = superpage_of((uintptr_t)slab);
    uint32_t bit = slot_bit(slab_slot(slab));
    /* [RF-1] release: what the program wrote to the bins is done before their next owner writes;
     * acquire: if the owner took this word already, its taking of the notice is seen below.
     * [RF-3] seq_cst: if it found this word empty, likewise. */
    if (!BITSLAB_CHECKED) atom_or(&remote_map(slab)[word], bins, seq_cst);
    else publish_checked(slab, word, bins);
    /* The slab's bins may be reused from here on. The header is touched all the same: it is
     * type-stable, and a notice about nothing does no harm. [RF-3] seq_cst, as above. */
    if (!(atom_load(&superpage->notice, seq_cst) & bit))
        atom_or(&superpage->notice, bit, seq_cst); /* [RF-2] */
    /* [ID-1] seq_cst: either we see that the owner left, or the owner sees our notice. */
    if (unlikely(atom_load(&superpage->owner, seq_cst) == OWNER_NOBODY))
        superpage_rescue(heap, superpage);
}

/* Move bins to the free map. */
static void gain(struct slab *slab, unsigned word, uint64_t bins) {
    if (unlikely(bins & free_map(slab)[word]))
        misuse_free(bin_at(slab, word, bins & free_map(slab)[word]), "double free");
    free_map(slab)[word] |= bins;
    slab->used = (uint16_t)(slab->used - count_bits(bins));
}

/* The owner of what was held back may have let go of it since, and this heap may own it now. */
void remote_give(struct heap *heap, struct slab *slab, unsigned word, uint64_t bins) {
    if (!superpage_owned(superpage_of((uintptr_t)slab), heap)) {
        publish(heap, slab, word, bins);
        return;
    }
    bool was_full = slab_full(slab);
    gain(slab, word, bins);
    heap_slab_gained(heap, slab, was_full);
}

void remote_tell(struct heap *heap, struct pending *entry) {
    struct pending held = *entry;
    if (held.slab == NULL) return;
    *entry = (struct pending){0};
    remote_give(heap, held.slab, held.word, held.bins);
}

/* Words that nobody adds to any more must not wait until another one needs their entry: each may
 * be what keeps a superpage from being used again. */
static void tell_old(struct heap *heap, uint32_t turn) {
    struct pending *next = &heap->pending[turn % COMBINE_COUNT];
    if (turn - next->born > COMBINE_COUNT) remote_tell(heap, next);
}

static void hold_first(struct heap *heap, struct pending *entry, struct slab *slab,
                       unsigned index) {
    unsigned most = COMBINE_BYTES / slab->bin_bytes;
    remote_tell(heap, entry);
    uint32_t turn = ++heap->pending_turn;
    heap->holds_back = true;
    entry->slab = slab;
    entry->word = (uint16_t)(index / WORD_BINS);
    entry->left = (uint16_t)((most < WORD_BINS ? most : WORD_BINS) - 1);
    entry->born = turn;
    entry->bins = (uint64_t)1 << index % WORD_BINS;
    heap->held_last = bin_at(slab, entry->word, entry->bins);
    tell_old(heap, turn);
}

static bool may_combine(const struct heap *heap, const struct slab *slab) {
    return heap != &empty_heap && slab->kind == SLAB_BINS && slab->bin_bytes <= COMBINE_BYTES / 2 &&
           !BITSLAB_CHECKED && !slab->sealed;
}

void remote_free(struct heap *heap, struct slab *slab, unsigned index) {
    unsigned word = index / WORD_BINS;
    if (!may_combine(heap, slab)) {
        publish(heap, slab, word, (uint64_t)1 << index % WORD_BINS);
        return;
    }
    struct pending *entry = remote_entry(heap, slab, word);
    if (!remote_holds(entry, slab, word)) hold_first(heap, entry, slab, index);
    else if (unlikely(remote_holds_bin(entry, index)))
        misuse_free(bin_at(slab, word, (uint64_t)1 << index % WORD_BINS), "double free");
    else remote_hold(heap, entry, index);
    heap_collect(heap, 1); /* a thread that only frees may own superpages, too */
}

void remote_flush(struct heap *heap) {
    if (likely(!heap->holds_back)) return;
    heap->holds_back = false;
    for (unsigned i = 0; i < COMBINE_COUNT; i++) remote_tell(heap, &heap->pending[i]);
}

void remote_expect_none(const struct slab *slab) {
    for (unsigned i = 0; i < slab->words; i++) {
        uint64_t bins = atom_load(&remote_map(slab)[i], relaxed);
        if (unlikely(bins != 0)) misuse_free(bin_at(slab, i, bins), "double free");
    }
}

/* Move the remote map's bits to the free map. */
static void collect_bins(struct heap *heap, struct slab *slab) {
    bool was_full = slab_full(slab);
    for (unsigned i = 0; i < slab->words; i++) {
        /* [RF-3] seq_cst, after the notice was taken: either the bit is seen here, or its freer
         * sees that the notice is gone. */
        if (atom_load(&remote_map(slab)[i], seq_cst) == 0) continue;
        /* [RF-1] acquire: the bins' last users are done with them; release: a freer that finds
         * its word taken also finds the notice taken, and sets it anew. */
        gain(slab, i, atom_swap(&remote_map(slab)[i], 0, acq_rel));
    }
    if (was_full && slab_full(slab)) return;
    heap_slab_gained(heap, slab, was_full);
}

static void collect_wide(struct heap *heap, struct superpage *superpage, struct slab *slab) {
    /* [RF-1] as above. */
    if (atom_swap(&remote_map(slab)[0], 0, acq_rel) == 0) return;
    slab->kind = SLAB_FREE;
    heap_release_slots(heap, superpage, slab_slot(slab), slab->slots);
}

/* Notices may be late: the slot may have changed hands since, so it is looked at afresh. The last
 * bin that is collected may send the superpage to the pool. */
static void collect_slots(struct heap *heap, struct superpage *superpage, uint32_t slots) {
    for (; slots != 0 && superpage_owned(superpage, heap); slots &= slots - 1) {
        struct slab *slab = superpage_slab(superpage, lowest_bit(slots));
        if (slab->kind == SLAB_WIDE) collect_wide(heap, superpage, slab);
        else if (slab->kind == SLAB_BINS && slab->distance == 0) collect_bins(heap, slab);
    }
}

bool superpage_collect(struct heap *heap, struct superpage *superpage) {
    if (atom_load(&superpage->notice, relaxed) == 0) return false;
    /* [RF-2] acquire: the bits that were announced are seen in their words. [RF-3] seq_cst. */
    uint32_t slots = atom_swap(&superpage->notice, 0, seq_cst);
    collect_slots(heap, superpage, slots);
    return true;
}

bool heap_collect(struct heap *heap, unsigned looks) {
    bool any = false;
    if (looks > heap->superpage_count) looks = heap->superpage_count;
    while (looks-- > 0 && !list_empty(&heap->superpages)) {
        struct list *link = heap->collect_next;
        if (link == &heap->superpages) link = link->next;
        heap->collect_next = link->next;
        any |= superpage_collect(heap, container_of(link, struct superpage, link));
    }
    if (any && heap->spent_kept < SPENT_SUPERPAGES_KEPT) heap->spent_kept = SPENT_SUPERPAGES_KEPT;
    return any;
}

void heap_collect_all(struct heap *heap) {
    struct list *link = heap->superpages.next;
    while (link != &heap->superpages) {
        struct list *next = link->next; /* one that becomes empty leaves the list */
        superpage_collect(heap, container_of(link, struct superpage, link));
        link = next;
    }
}
