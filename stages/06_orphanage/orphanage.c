/* orphanage.c -- letting go, claiming, adopting. */
#include "orphanage.h"

#include "misuse.h"
#include "pool.h"
#include "remote_free.h"
#include "stack.h"
#include "stats.h"
#include "supply.h"
#include "thread.h"

static struct stack orphans;

static _Atomic uint32_t *link_of(uintptr_t base) { return &superpage_of(base)->next_orphan; }

/* Take a superpage and its slabs out of the heap. The slabs stay marked as listed, so that the
 * next owner can enter them anew. */
static void detach(struct heap *heap, struct superpage *superpage) {
    heap_unlink(heap, superpage);
    for (uint32_t slots = superpage->listed_slots; slots != 0; slots &= slots - 1)
        list_remove(&superpage_slab(superpage, lowest_bit(slots))->link);
    for (uint32_t slots = superpage->stamped_slots; slots != 0; slots &= slots - 1)
        superpage_stamp(superpage, superpage_slab(superpage, lowest_bit(slots)), NULL);
}

static void attach(struct heap *heap, struct superpage *superpage) {
    heap_link(heap, superpage);
    for (uint32_t slots = superpage->listed_slots; slots != 0; slots &= slots - 1) {
        struct slab *slab = superpage_slab(superpage, lowest_bit(slots));
        if (unlikely(slab_sampled(slab))) heap_add_second_caches(heap);
        heap_list_slab(heap, slab);
        heap->keeps_empty |= slab->used == 0;
    }
}

/* Put it where threads in need of memory look, unless it is there. [ID-3] acq_rel: if the flag is
 * still set, whoever popped it clears the flag later, and then sees that it has no owner. */
static void offer(struct superpage *superpage) {
    if (atom_swap(&superpage->on_orphanage, 1, acq_rel) == 0)
        stack_push(&orphans, superpage_base((uintptr_t)superpage), link_of);
}

static void let_go(struct heap *heap, struct superpage *superpage) {
    bool has_room = !superpage_exhausted(superpage);
    detach(heap, superpage);
    superpage->let_go_by = heap;
    /* [ID-1] seq_cst, before the look at the notice. [ID-2] release: see superpage_claim. */
    atom_store(&superpage->owner, OWNER_NOBODY, seq_cst);
    /* From here on it may have another owner, who may have let go of it, too. */
    if (has_room) offer(superpage);
}

bool superpage_claim(struct heap *heap, struct superpage *superpage) {
    struct heap *owner = OWNER_NOBODY;
    /* [ID-2] acquire: the last owner's writes to the headers are seen. */
    if (!atom_cas(&superpage->owner, &owner, heap, acquire, relaxed)) return false;
    attach(heap, superpage);
    superpage_collect(heap, superpage);
    atom_add(&stats.superpages_adopted, 1, relaxed);
    return true;
}

/* The heap's, and of no use to it. */
static bool stuck(struct heap *heap, struct superpage *superpage) {
    return superpage_owned(superpage, heap) && superpage_exhausted(superpage);
}

void superpage_give_up(struct heap *heap, struct superpage *superpage) {
    if (heap->sealed) return;
    do {
        let_go(heap, superpage);
        if (atom_load(&superpage->notice, seq_cst) == 0) return; /* [ID-1] */
        /* A free came in between, and its freer may have seen us as the owner. */
        if (!superpage_claim(heap, superpage)) return;
    } while (stuck(heap, superpage)); /* the notice was a late one about nothing */
}

void superpage_spent(struct heap *heap, struct superpage *superpage) {
    if (heap->spent_kept == 0 || heap->sealed) {
        superpage_give_up(heap, superpage);
        return;
    }
    if (superpage->spent) return;
    struct superpage **next = &heap->spent[heap->spent_next++ % heap->spent_kept];
    struct superpage *oldest = *next;
    *next = superpage;
    superpage->spent = true;
    /* It may have another owner by now, or have got bins back. */
    if (oldest == NULL || oldest == superpage || !superpage_owned(oldest, heap)) return;
    oldest->spent = false;
    if (superpage_exhausted(oldest)) superpage_give_up(heap, oldest);
}

bool superpage_take_back(struct heap *heap, struct superpage *superpage) {
    if (!superpage_claim(heap, superpage)) return false;
    if (superpage->let_go_by == heap && heap->spent_kept < SPENT_SUPERPAGES_MOST)
        heap->spent_next = heap->spent_kept++; /* the new place is used first */
    return true;
}

void superpage_rescue(struct heap *heap, struct superpage *superpage) {
    struct heap *mine = heap != &empty_heap ? heap : thread_heap();
    if (mine == NULL) { /* no memory for a heap, and there may be no next freer */
        offer(superpage);
        return;
    }
    if (superpage_claim(mine, superpage) && stuck(mine, superpage))
        superpage_give_up(mine, superpage);
    if (heap == &empty_heap) thread_heap_done(mine);
}

static struct superpage *pop(void) {
    uintptr_t base = stack_pop(&orphans, link_of);
    if (base == 0) return NULL;
    /* [ID-3] acq_rel: before the attempt to claim it. */
    atom_swap(&superpage_of(base)->on_orphanage, 0, acq_rel);
    return superpage_of(base);
}

bool orphanage_adopt(struct heap *heap) {
    struct superpage *superpage;
    while ((superpage = pop()) != NULL) {
        if (!superpage_claim(heap, superpage)) continue; /* it has found an owner already */
        if (!stuck(heap, superpage)) return true;
        superpage_give_up(heap, superpage);
    }
    return false;
}

/* Pass a superpage on to whomever its state makes it fit for. */
static void pass_on(struct heap *heap, struct superpage *superpage) {
    superpage_collect(heap, superpage);
    if (!superpage_owned(superpage, heap)) return; /* it became empty */
    if (superpage_empty(superpage)) {
        detach(heap, superpage);
        pool_put(superpage);
    } else if (superpage_exhausted(superpage)) {
        superpage_give_up(heap, superpage);
    } else {
        let_go(heap, superpage);
    }
}

void heap_shed(struct heap *heap) {
    /* As many as one search for memory may have adopted, and one more. */
    for (unsigned i = 0; i <= ADOPT_TRIES && heap->superpage_count > OWNED_SUPERPAGES_KEPT; i++) {
        struct superpage *oldest = container_of(heap->superpages.prev, struct superpage, link);
        if (oldest->listed_slots == 0) {
            pass_on(heap, oldest);
            continue;
        }
        /* Its slabs are in use: a round trip to the orphanage would cost more than it saves. */
        list_remove(&oldest->link);
        list_push_front(&heap->superpages, &oldest->link);
    }
}

void heap_abandon(struct heap *heap) {
    heap->spent_kept = 0;
    heap->takes = false;
    heap_flush(heap);
    remote_flush(heap);
    heap_collect_all(heap);
    heap_retire_empty(heap);
    while (!list_empty(&heap->superpages))
        pass_on(heap, container_of(heap->superpages.next, struct superpage, link));
}

size_t orphanage_count(void) {
    size_t nodes = 0;
    size_t superpages = atom_load(&stats.superpages, relaxed);
    for (uintptr_t base = stack_top(&orphans); base != 0; base = stack_next(base, link_of)) {
        bool flagged = atom_load(&superpage_of(base)->on_orphanage, relaxed);
        if (!flagged || ++nodes > superpages)
            misuse("survey", superpage_of(base), "I8: wrongly in the orphanage");
    }
    return nodes;
}
