/* supply.c -- slots for slabs and wide blocks. */
#include "supply.h"

#include "decay.h"
#include "magazine.h"
#include "orphanage.h"
#include "pool.h"
#include "remote_free.h"
#include "wide.h"

void heap_link(struct heap *heap, struct superpage *superpage) {
    list_push_front(&heap->superpages, &superpage->link);
    heap->superpage_count++;
    superpage->idle_slots = 0;
    if (superpage->free_slots != 0) list_push_front(&heap->open, &superpage->open_link);
    if (superpage_empty(superpage)) heap->empty_superpages++;
}

void heap_unlink(struct heap *heap, struct superpage *superpage) {
    if (heap->collect_next == &superpage->link) heap->collect_next = superpage->link.next;
    if (heap->decay_next == &superpage->link) heap->decay_next = superpage->link.next;
    list_remove(&superpage->link);
    heap->superpage_count--;
    superpage->spent = false;
    if (superpage->free_slots != 0) list_remove(&superpage->open_link);
    if (superpage_empty(superpage)) heap->empty_superpages--;
}

/* The longer the run, the fewer have it, and the fewer are worth a look. */
static unsigned open_tries(unsigned count) { return 1 + OPEN_TRIES / (1 + count / 4); }

static struct superpage *open_at(struct list *link) {
    return container_of(link, struct superpage, open_link);
}

/* The first of a few open superpages that has the run in slots that hold memory already. */
static struct superpage *find_touched(struct heap *heap, unsigned count, unsigned *first) {
    struct list *link = heap->open.next;
    for (unsigned tries = open_tries(count); tries-- > 0 && link != &heap->open;
         link = link->next) {
        *first = superpage_find_touched_run(open_at(link), count);
        if (*first != 0) return open_at(link);
    }
    return NULL;
}

/* The first of a few open superpages that has the run. Those that lack it go to the back, so that
 * the next search sees others. */
static struct superpage *find_open(struct heap *heap, unsigned count, unsigned *first) {
    for (unsigned tries = 0; tries < open_tries(count) && !list_empty(&heap->open); tries++) {
        struct list *link = heap->open.next;
        *first = superpage_find_run(open_at(link), count);
        if (*first != 0) return open_at(link);
        list_remove(link);
        list_push_back(&heap->open, link);
    }
    return NULL;
}

struct superpage *heap_take_slots(struct heap *heap, unsigned count, unsigned *first, bool *zero) {
    struct superpage *superpage = find_touched(heap, count, first);
    if (superpage == NULL) superpage = find_open(heap, count, first);
    if (superpage == NULL) return NULL;
    bool was_empty = superpage_empty(superpage);
    if (!superpage_take_run(superpage, *first, count, zero)) return NULL;
    if (was_empty) heap->empty_superpages--;
    if (superpage->free_slots == 0) list_remove(&superpage->open_link);
    heap->takes = true;
    return superpage;
}

void heap_release_slots(struct heap *heap, struct superpage *superpage, unsigned first,
                        unsigned count) {
    if (superpage->free_slots != 0) list_remove(&superpage->open_link);
    list_push_front(&heap->open, &superpage->open_link); /* where the next search begins */
    if (BITSLAB_GUARD_PAGES) superpage_close(superpage, first, count);
    superpage->free_slots |= slot_run(first, count);
    if (!superpage_empty(superpage)) return;
    /* One empty superpage stays, so that work at the edge does not fetch and return it each time. */
    if ((heap->empty_superpages++ == 0 && heap->takes) || heap->bounded) return;
    heap_unlink(heap, superpage);
    pool_put(superpage);
}

bool heap_grow(struct heap *heap, unsigned *tries) {
    unsigned looks = heap->superpage_count;
    if (looks > GROW_SUPERPAGES) looks = GROW_SUPERPAGES;
    if (heap_collect(heap, looks) || heap_retire_empty(heap)) return true;
    if (magazines_give_back(heap) || wide_give_back(heap)) return true;
    if (*tries == FETCHED) return false; /* the OS refuses to back what was purged */
    if (heap->bounded) return false;
    if (*tries > 0 && !heap->sealed && orphanage_adopt(heap)) {
        --*tries;
        return true;
    }
    struct superpage *superpage = pool_take();
    if (superpage == NULL) return false;
    *tries = FETCHED;
    if (!heap->sealed) heap_shed(heap);
    atom_store(&superpage->owner, heap, relaxed);
    heap_link(heap, superpage);
    return true;
}

void heap_decay(struct heap *heap) {
    decay_step();
    if (heap->decay_next == &heap->superpages) {
        if (heap->epoch == decay_epoch()) return;
        heap->epoch = decay_epoch();
        magazines_shrink(heap);
        wide_give_back(heap);
        heap->decay_next = heap->superpages.next;
    }
    for (unsigned i = 0; i < DECAY_LOOKS && heap->decay_next != &heap->superpages; i++) {
        superpage_decay(container_of(heap->decay_next, struct superpage, link));
        heap->decay_next = heap->decay_next->next;
    }
}
