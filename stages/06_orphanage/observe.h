/* observe.h -- looking at the heap of a running program.
 *
 * Problem   A heap is looked at while its threads work, even from a signal's handler; and nothing may
 *           wait, allocate, or fault.
 * Idea      Superpages and heaps are never unmapped, and each has a link to the one made before. A
 *           look walks along these chains and reads headers as they are at that moment. Numbers are
 *           cut to what is possible, so what is in motion is seen before or after it moved, or twice,
 *           or not at all. Nobody is slowed down, and nobody notices.
 * Exact     If no other thread is inside the allocator, a look is exact: it finds what
 *           bitslab_survey() finds.
 * Huge      Mappings of huge blocks come and go, so they are not looked at: their bytes are what is
 *           left of all mapped bytes.
 * Races     In the language's terms these reads are races, which is why ThreadSanitizer is told to
 *           look away (UNSEEN) here and nowhere else. Each field is read once, and as one word.
 */
#ifndef OBSERVE_H
#define OBSERVE_H

#include "bitslab.h"
#include "observe_os.h"
#include "thread.h"

#define UNSEEN __attribute__((no_sanitize("thread")))

/** Where the bins of one class, or of one slab, are. */
struct bin_sums {
    size_t slabs, bins, free, remote, held;
};

struct look {
    size_t mapped_bytes, superpages, owned, orphaned, pooled, heaps, registry_bytes;
    size_t wide_blocks, wide_slots, wide_waiting_slots, free_slots, purged_slots;
    size_t tail_bytes, cached_bytes;
    struct bin_sums classes[CLASS_COUNT];
};

/** Look at everything. */
void look_around(struct look *out);

/** Look at one slab of bins; held is left at 0, for caches are the heaps'. */
struct bin_sums look_at_slab(const struct slab *slab);

/** Bins that are neither free nor waiting; of one slab, those in caches are among them. */
static inline size_t sums_live(const struct bin_sums *sums) {
    size_t elsewhere = sums->free + sums->remote + sums->held;
    return elsewhere < sums->bins ? sums->bins - elsewhere : 0;
}

/** Slots of what begins in a slot; at least 1, and no more than there are behind it. */
static UNSEEN inline unsigned look_slots(const struct slab *slab, unsigned slot) {
    unsigned slots = slab->kind == SLAB_FREE ? 1 : slab->slots;
    return slots < 1 ? 1 : slots > SLOT_COUNT - slot ? SLOT_COUNT - slot : slots;
}

/** Text on its way to a callback, in pieces. */
struct out {
    bitslab_write *write;
    void *argument;
    size_t length;
    char text[240];
};

void out_char(struct out *out, char c);
void out_text(struct out *out, const char *text);
void out_number(struct out *out, size_t number);
void out_hex(struct out *out, uintptr_t number);
void out_padded(struct out *out, size_t number, unsigned width);
void out_flush(struct out *out);

/** Write a file anew, or append to it, by a function that writes to an out. %p in the path stands for
 *  the process's number. False: it cannot be opened; what is wrong has been reported. Safe in a
 *  signal's handler. */
bool file_write(const char *path, bool append, void (*writer)(struct out *));

/** Make the file, if it is not there. NULL, or why it cannot be written. */
const char *file_check(const char *path);

/** What each kind of output is made by. */
void stats_write_text(struct out *out);
void stats_write_json(struct out *out);
void picture_write(struct out *out);
void profile_write(struct out *out);

/** Begin to sample. Returns NULL or what is wrong. */
const char *profile_start(void);

#endif
