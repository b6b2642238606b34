/* harden.c -- canaries, zeroed bins, and a quarantine. */
#include "harden.h"

#include "misuse.h"
#include "os.h"
#include "superpage.h"

#define FILL 0xc5      /* between the bytes asked for and the last word: not zero, not text */
#define NEIGHBOUR 32   /* bytes of a free neighbour that are looked at                     */
#define SLACK_SHIFT 48 /* the last word: how many bytes are filled, and the canary proper  */
#define CHANGING 2     /* the last word while a bin is handed out or freed                 */

/* Of a live bin it is odd; of one that comes or goes CHANGING; of a free one zero, where bins are
 * zeroed. */
static _Atomic uint64_t *last_word(const struct slab *slab, const void *bin) {
    return (_Atomic uint64_t *)((uintptr_t)bin + slab->bin_bytes - sizeof(uint64_t));
}

/* Differs from bin to bin and from run to run, and with the slack that it vouches for; its first byte
 * is not zero. */
static uint64_t canary(const void *bin, size_t slack) {
    static _Atomic uint64_t secret;
    uint64_t mix = atom_load(&secret, relaxed);
    if (mix == 0) {
        uint64_t fresh = os_random() | 1;
        if (atom_cas(&secret, &mix, fresh, relaxed, relaxed)) mix = fresh;
    }
    mix = (mix ^ (uintptr_t)bin ^ (uint64_t)slack << SLACK_SHIFT) * 0x9e3779b97f4a7c15u;
    return ((mix ^ mix >> 29) & low_bits(SLACK_SHIFT)) | 1;
}

static bool has_canary(const struct slab *slab) {
    return BITSLAB_CANARY && slab->kind == SLAB_BINS && slab->class != CLASS_ZERO;
}

/* Bytes between the user's and the last word. */
static size_t slack_of(const void *bin, uint64_t last) {
    size_t slack = (size_t)(last >> SLACK_SHIFT);
    bool good = (last & low_bits(SLACK_SHIFT)) == canary(bin, slack);
    return good ? slack : SIZE_MAX;
}

static bool all_bytes(const void *start, size_t count, unsigned char value) {
    const unsigned char *at = (const unsigned char *)start;
    uint64_t word, others = 0;
    for (; count >= sizeof word; at += sizeof word, count -= sizeof word) {
        __builtin_memcpy(&word, at, sizeof word);
        others |= word ^ value * 0x0101010101010101u;
    }
    for (; count > 0; at++, count--) others |= *at ^ value;
    return others == 0;
}

/* Whether the canary is as it was written, given the bin's last word. */
static bool intact(const struct slab *slab, const void *bin, uint64_t last) {
    size_t slack = slack_of(bin, last);
    if (slack == SIZE_MAX) return false;
    size_t end = slab->bin_bytes - CANARY_BYTES;
    return all_bytes((const unsigned char *)bin + end - slack, slack, FILL);
}

/* Whether somebody has handed the bin out or freed it since its last word was read. [HN-1] release:
 * what was read before was read before; acquire: if a byte was read that he wrote, then the first
 * store of his is seen, too. */
static bool changed(const struct slab *slab, const void *bin, uint64_t last) {
    return atom_or_old(last_word(slab, bin), 0, acq_rel) != last;
}

/* The same for a bin that may be free, or be freed or handed out by somebody else meanwhile: he may have
 * got it before this heap got its superpage. Of a free one, the last `seen` bytes are looked at. */
static bool looks_intact(const struct slab *slab, const void *bin, size_t seen) {
    /* [HN-1] acquire: whoever freed it, or handed it out, wrote its last word last. */
    uint64_t last = atom_load(last_word(slab, bin), acquire);
    if (last == CHANGING) return true;
    bool zero = last == 0 && BITSLAB_ZERO_ON_FREE;
    const unsigned char *end = (const unsigned char *)bin + slab->bin_bytes;
    if (zero ? all_bytes(end - seen, seen, 0) : intact(slab, bin, last)) return true;
    return changed(slab, bin, last);
}

size_t harden_usable(const struct slab *slab, const void *bin) {
    if (!has_canary(slab)) return slab->class == CLASS_ZERO ? 0 : slab->bin_bytes;
    size_t slack = slack_of(bin, atom_load(last_word(slab, bin), relaxed));
    if (slack == SIZE_MAX) misuse("usable_size", bin, "freed before, or written beyond its end");
    return slab->bin_bytes - CANARY_BYTES - slack;
}

static void remember(struct heap *heap, void *bin) {
    heap->recent[heap->recent_next++ % RECENT_COUNT] = bin;
}

static void forget(struct heap *heap, const void *bin) {
    for (unsigned i = 0; i < RECENT_COUNT; i++)
        if (heap->recent[i] == bin) heap->recent[i] = NULL;
}

void harden_handed_out(struct heap *heap, void *bin, size_t size) {
    struct slab *slab = slab_of((uintptr_t)bin);
    if (size >= LOOK_BYTES) harden_look_around(heap, 1);
    if (slot_of((uintptr_t)bin) == 0 || slab->kind != SLAB_BINS || slab->class == CLASS_ZERO)
        return;
    if (BITSLAB_ZERO_ON_FREE && !all_bytes(bin, slab->bin_bytes, 0))
        misuse("malloc", bin, "written after it was freed");
    if (!BITSLAB_CANARY) return;
    size_t slack = slab->bin_bytes - CANARY_BYTES - size;
    uint64_t last = (uint64_t)slack << SLACK_SHIFT | canary(bin, slack);
    /* [HN-1] acquire: before any other byte changes. Its superpage may have a new owner by now. */
    atom_swap(last_word(slab, bin), CHANGING, acq_rel);
    __builtin_memset((char *)bin + size, FILL, slack);
    atom_store(last_word(slab, bin), last, release); /* [HN-1] */
    if (heap != &empty_heap) remember(heap, bin);
}

/* The bytes before and behind a bin: if a live bin is there, the canary of the one before is intact;
 * free ones read as zero. */
static void look_before(const struct slab *slab, const char *bin) {
    size_t bytes = slab->bin_bytes;
    if (!looks_intact(slab, bin - bytes, bytes < NEIGHBOUR ? bytes : NEIGHBOUR))
        misuse("free", bin, "the bytes before it were written");
}

static void look_behind(const struct slab *slab, const char *bin) {
    size_t bytes = slab->bin_bytes;
    size_t seen = bytes < NEIGHBOUR ? bytes : NEIGHBOUR;
    const unsigned char *next = (const unsigned char *)bin + bytes;
    uint64_t last = atom_load(last_word(slab, next), acquire); /* [HN-1] */
    if (last == 0 && !all_bytes(next, seen, 0) && !changed(slab, next, last))
        misuse("free", bin, "the bytes behind it were written");
}

/* NEIGHBOUR bytes in both directions, of as many bins as that takes. */
static void look_at_neighbours(const struct slab *slab, const void *middle) {
    const char *bin = (const char *)middle;
    const char *first = (const char *)slab_start(slab_head((struct slab *)slab));
    const char *end = first + (size_t)slab->bin_count * slab->bin_bytes;
    for (size_t seen = 0; seen < NEIGHBOUR; seen += slab->bin_bytes) {
        if (bin - seen > first) look_before(slab, bin - seen);
        if (bin + seen + slab->bin_bytes < end) look_behind(slab, bin + seen);
    }
}

static bool owned(struct heap *heap, const struct slab *slab) {
    return heap != &empty_heap && superpage_owned(superpage_of((uintptr_t)slab), heap);
}

void harden_came_back(struct heap *heap, struct slab *slab, void *bin) {
    if (slab->kind != SLAB_BINS || slab->class == CLASS_ZERO) return;
    if (harden_holds(heap, bin)) misuse_free(bin, "double free");
    if (has_canary(slab)) {
        uint64_t last = atom_swap(last_word(slab, bin), CHANGING, acq_rel); /* [HN-1] */
        bool freed = last == CHANGING || (BITSLAB_ZERO_ON_FREE && last == 0 &&
                                          all_bytes(bin, slab->bin_bytes - CANARY_BYTES, 0));
        if (freed) misuse_free(bin, "double free");
        if (!intact(slab, bin, last)) misuse_free(bin, "written beyond its end");
        if (BITSLAB_ZERO_ON_FREE && owned(heap, slab)) look_at_neighbours(slab, bin);
        forget(heap, bin);
    }
    if (!BITSLAB_ZERO_ON_FREE) return;
    __builtin_memset(bin, 0, slab->bin_bytes - sizeof(uint64_t));
    atom_store(last_word(slab, bin), 0, release); /* [HN-1] */
}

void *harden_swap(struct heap *heap, void *bin) {
    if (!BITSLAB_QUARANTINE || heap == &empty_heap) return bin;
    unsigned place = (unsigned)(heap_random(heap) >> 32) % QUARANTINE_COUNT;
    void *leaves = heap->quarantine[place];
    heap->quarantine[place] = heap->quarantined = bin;
    return leaves;
}

bool harden_holds(const struct heap *heap, const void *bin) {
    for (unsigned i = 0; BITSLAB_QUARANTINE && i < QUARANTINE_COUNT; i++)
        if (heap->quarantine[i] == bin) return true;
    return false;
}

void *harden_release(struct heap *heap) {
    for (unsigned i = 0; BITSLAB_QUARANTINE && i < QUARANTINE_COUNT; i++) {
        void *bin = heap->quarantine[i];
        heap->quarantine[i] = NULL;
        if (bin != NULL) return bin;
    }
    return NULL;
}

void harden_look_around(struct heap *heap, unsigned count) {
    for (unsigned back = 1; BITSLAB_CANARY && back <= count; back++) {
        unsigned i = (heap->recent_next - back) % RECENT_COUNT;
        void *bin = heap->recent[i];
        struct slab *slab = bin == NULL ? NULL : slab_of((uintptr_t)bin);
        if (slab == NULL) continue;
        heap->recent[i] = NULL; /* unless it is found to be there still */
        if (!owned(heap, slab) || !has_canary(slab)) continue;
        if (!slab_bin_starts_at(slab, slab_offset(slab, bin))) continue;
        if (heap_bin_is_free(heap, slab_head(slab), bin)) continue;
        if (!looks_intact(slab, bin, slab->bin_bytes))
            misuse("malloc", bin, "written beyond its end");
        if (atom_load(last_word(slab, bin), relaxed) == 0) continue; /* somebody else freed it */
        if (BITSLAB_ZERO_ON_FREE) look_at_neighbours(slab, bin);
        heap->recent[i] = bin;
    }
    const void *bin = heap->quarantined;
    if (!BITSLAB_ZERO_ON_FREE || bin == NULL || !harden_holds(heap, bin)) return;
    const struct slab *slab = slab_of((uintptr_t)bin);
    if (slab->class != CLASS_ZERO && !all_bytes(bin, slab->bin_bytes, 0))
        misuse("malloc", bin, "written after it was freed");
}
