/* trim.c -- giving memory back on request. */
#include "bitslab.h"
#include "heap.h"
#include "huge_cache.h"
#include "orphanage.h"
#include "pool.h"
#include "remote_free.h"
#include "stats.h"
#include "supply.h"
#include "thread.h"

/* Purge what is free in the superpages that the heap keeps. */
static void purge_own(struct heap *heap) {
    for (struct list *link = heap->superpages.next; link != &heap->superpages; link = link->next)
        superpage_purge(container_of(link, struct superpage, link));
}

/* What the thread and the orphanage have goes to the pool, or back to the orphanage purged. */
static void trim_heap(void) {
    struct heap *heap = thread_heap();
    if (heap == NULL) return;
    heap_flush(heap);
    remote_flush(heap);
    while (orphanage_adopt(heap)) {
    }
    heap_collect_all(heap);
    heap_retire_empty(heap);
    purge_own(heap);
    heap_abandon(heap); /* the orphans again, and ours with them: we shall adopt what we need */
    thread_heap_done(heap);
}

/* How often memory went back to the OS: here, or on the way here. What becomes empty may be purged at
 * once (decay.h), and a hook's first superpage may take the place of a mapping that was kept. */
static size_t given_back(void) {
    return atom_load(&stats.superpages_purged, relaxed) + atom_load(&stats.mappings_ended, relaxed);
}

int bitslab_trim(void) {
    size_t before = given_back();
    trim_heap();
    pool_purge();
    huge_cache_trim();
    return given_back() != before;
}
