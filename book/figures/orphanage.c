/* orphanage.c -- three threads of stage 6, and who owns which superpage.
 *
 * Stages: 6
 */
#include "threads.h"

#include "orphanage.h"

/** A thread ends; the next call in its name is another thread's first. */
EXPORT uint32_t end(uint32_t thread, uint32_t unused) {
    (void)unused;
    enter(thread);
    thread_ends();
    threads[thread] = (struct thread)NEW_THREAD;
    return 0;
}

/** Bins of others that a thread holds back, to tell their owners together. */
EXPORT uint32_t held(uint32_t thread, uint32_t unused) {
    (void)unused;
    uint32_t bins = 0;
    const struct heap *heap = threads[thread].heap;
    for (unsigned i = 0; i < COMBINE_COUNT; i++) bins += count_bits(heap->pending[i].bins);
    return bins;
}

static struct superpage *superpage_at(uint32_t base) {
    return superpage_of((uintptr_t)at_place(base));
}

/** Who owns a superpage: 0 the pool, 1 nobody, 2 and on the threads, 9 another heap. */
EXPORT uint32_t owner(uint32_t base, uint32_t unused) {
    (void)unused;
    struct heap *heap = atom_load(&superpage_at(base)->owner, relaxed);
    if (heap == OWNER_POOL) return 0;
    if (heap == OWNER_NOBODY) return 1;
    for (uint32_t i = 0; i < FIGURE_THREADS; i++)
        if (threads[i].heap == heap) return 2 + i;
    return 9;
}

/** Whether it is on the orphanage's stack, ... */
EXPORT uint32_t offered(uint32_t base, uint32_t unused) {
    (void)unused;
    return atom_load(&superpage_at(base)->on_orphanage, relaxed);
}

/** ... its notice, a bit for each slot, ... */
EXPORT uint32_t notice(uint32_t base, uint32_t unused) {
    (void)unused;
    return atom_load(&superpage_at(base)->notice, relaxed);
}

/** ... and its free slots. */
EXPORT uint32_t free_slots(uint32_t base, uint32_t unused) {
    (void)unused;
    return superpage_at(base)->free_slots;
}

static const struct slab *slab_at(uint32_t base, uint32_t slot) {
    return superpage_slab(superpage_at(base), slot);
}

/** Of a slab: its bins that are out, or wait in its owner's cache, ... */
EXPORT uint32_t used(uint32_t base, uint32_t slot) { return slab_at(base, slot)->used; }

/** ... all of them, ... */
EXPORT uint32_t bins(uint32_t base, uint32_t slot) { return slab_at(base, slot)->bin_count; }

/** ... and those that others freed, and nobody has collected yet. */
EXPORT uint32_t remote(uint32_t base, uint32_t slot) {
    uint32_t bins = 0;
    for (unsigned i = 0; i < slab_at(base, slot)->words; i++)
        bins += count_bits(atom_load(&remote_map(slab_at(base, slot))[i], relaxed));
    return bins;
}
