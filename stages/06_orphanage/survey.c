/* survey.c -- where every byte from the OS is, added up.
 *
 * Nothing counts while the program runs; the walk over all superpages, heaps and stacks counts
 * afterwards, checks every invariant on its way (check.h), and must arrive at what the OS gave.
 */
#include "bitslab.h"
#include "check.h"
#include "first_class.h"
#include "huge.h"
#include "huge_cache.h"
#include "misuse.h"
#include "orphanage.h"
#include "pool.h"
#include "registry.h"
#include "thread.h"

static void require(bool holds, const void *header, const char *invariant) {
    if (unlikely(!holds)) misuse("survey", header, invariant);
}

/* A huge block's header is in its registered 2 MiB; superpages have none of that kind. */
static struct slab *huge_in(struct superpage *piece) {
    for (unsigned slot = 1; slot < SLOT_COUNT; slot++) {
        struct slab *slab = superpage_slab(piece, slot);
        if (slab->kind == SLAB_HUGE) return slab;
    }
    return NULL;
}

static void add_huge(struct bitslab_survey *sum, const struct slab *slab) {
    sum->huge_blocks++;
    sum->block_bytes += slab->block_bytes;
    sum->bookkeeping_bytes += slab->map_bytes - slab->block_bytes;
}

/* Slabs by class, and the bytes that their bins leave over at the end. */
static void add_slabs(struct bitslab_survey *sum, struct superpage *superpage) {
    for (unsigned slot = 1, slots; slot < SLOT_COUNT; slot += slots) {
        const struct slab *slab = superpage_slab(superpage, slot);
        slots = slab->kind == SLAB_FREE ? 1 : slab->slots;
        size_t bytes = slots * SLAB_BYTES;
        if (slab->kind == SLAB_FREE) {
            sum->slot_bytes += bytes;
        } else if (slab->kind == SLAB_WIDE) {
            bool live = !slab_wide_waits(slab);
            sum->wide_blocks += live;
            sum->block_bytes += live ? bytes : 0;
            sum->waiting_bytes += live ? 0 : bytes;
        } else {
            struct tally tally = slab_tally(slab, NULL);
            size_t waiting = tally.remote + tally.held;
            sum->slabs[slab->class]++;
            sum->bins[slab->class] += tally.bins;
            sum->bins_free += tally.free;
            sum->bins_remote += tally.remote;
            sum->bins_held += tally.held;
            sum->bins_live += tally.bins - tally.free - waiting;
            sum->block_bytes += (tally.bins - tally.free - waiting) * slab->bin_bytes;
            sum->waiting_bytes += (tally.free + waiting) * slab->bin_bytes;
            sum->tail_bytes += bytes - tally.bins * slab->bin_bytes;
        }
    }
    sum->bookkeeping_bytes += SLAB_BYTES;
}

static void add_superpage(struct bitslab_survey *sum, struct superpage *superpage) {
    struct heap *owner = atom_load(&superpage->owner, relaxed);
    superpage_check(superpage, NULL);
    if (superpage_lent(superpage)) {
        sum->lent_bytes += SUPERPAGE_BYTES;
        return;
    }
    sum->superpages++;
    add_slabs(sum, superpage);
    if (owner == OWNER_POOL) {
        sum->superpages_pooled++;
        require(superpage_empty(superpage), superpage, "I8: in the pool, but not empty");
    } else if (owner == OWNER_NOBODY) {
        sum->superpages_orphaned++;
        bool full = superpage_exhausted(superpage) && atom_load(&superpage->notice, relaxed) == 0;
        require(full || atom_load(&superpage->on_orphanage, relaxed), superpage,
                "I8: has room and no owner, and nobody will find it");
    } else {
        sum->superpages_owned++;
    }
    sum->superpages_listed += atom_load(&superpage->on_orphanage, relaxed);
}

static void add_heaps(struct bitslab_survey *sum) {
    size_t owned = 0;
    for (struct heap *heap = heap_newest(); heap != NULL; heap = heap->made_before) {
        heap_check(heap);
        owned += heap->bounded ? 0 : heap->superpage_count;
        sum->heaps++;
        sum->bookkeeping_bytes += heap_mapped_bytes();
    }
    require(owned == sum->superpages_owned, NULL, "I8: owned by a heap, but on the list of none");
}

void bitslab_check(void) {
    if (this_thread.heap != &empty_heap) heap_check(this_thread.heap);
}

void bitslab_survey(struct bitslab_survey *out) {
    struct bitslab_survey sum = {0};
    for (uintptr_t base = 0; (base = registry_next(base)) != 0;) {
        struct superpage *piece = superpage_of(base);
        const struct slab *huge = huge_in(piece);
        if (huge != NULL) add_huge(&sum, huge);
        else add_superpage(&sum, piece);
    }
    add_heaps(&sum);
    require(pool_count() == sum.superpages_pooled, NULL, "I8: the pool's superpages miscounted");
    require(orphanage_count() == sum.superpages_listed, NULL,
            "I8: marked as in the orphanage, but not there");
    sum.cached_bytes = huge_cached_bytes();
    sum.bookkeeping_bytes += registry_bytes();
    sum.mapped_bytes = sum.block_bytes + sum.waiting_bytes + sum.slot_bytes + sum.tail_bytes +
                       sum.cached_bytes + sum.bookkeeping_bytes;
    struct bitslab_stats stats;
    bitslab_stats(&stats);
    require(stats.mapped_bytes == sum.mapped_bytes, NULL, "bytes are missing, or counted twice");
    require(stats.superpages == sum.superpages, NULL, "superpages are missing");
    require(stats.huge_blocks == sum.huge_blocks, NULL, "huge blocks are missing");
    require(stats.heaps == sum.heaps, NULL, "heaps are missing");
    *out = sum;
}
