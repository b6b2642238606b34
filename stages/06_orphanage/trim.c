/* trim.c -- giving memory back on request. */
#include "bitslab.h"
#include "heap.h"
#include "huge.h"
#include "orphanage.h"
#include "pool.h"
#include "remote_free.h"
#include "supply.h"
#include "thread.h"

/* Purge what is free in the superpages that the heap keeps. */
static bool purge_own(struct heap *heap) {
    bool any = false;
    for (struct list *link = heap->superpages.next; link != &heap->superpages; link = link->next)
        any |= superpage_purge(container_of(link, struct superpage, link));
    return any;
}

/* What the thread and the orphanage have goes to the pool, or back to the orphanage purged. */
static bool trim_heap(void) {
    struct heap *heap = thread_heap();
    if (heap == NULL) return false;
    heap_flush(heap);
    remote_flush(heap);
    while (orphanage_adopt(heap)) {
    }
    heap_collect_all(heap);
    heap_retire_empty(heap);
    bool any = purge_own(heap);
    heap_abandon(heap); /* the orphans again, and ours with them: we shall adopt what we need */
    thread_heap_done(heap);
    return any;
}

int bitslab_trim(void) {
    bool any = trim_heap();
    any |= pool_purge();
    any |= huge_trim();
    return any;
}
