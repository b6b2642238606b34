/* slab.c -- formatting a slab, taking bins from its free map. */
#include "slab.h"

/* What a free must find from any slot of the slab. */
static void write_header(struct slab *slab, unsigned class, uint16_t cache_offset) {
    const struct size_class *size = &size_classes[class];
    slab->reciprocal = size->reciprocal;
    slab->start = (uint32_t)(slab_start(slab) - ((uintptr_t)slab->distance << SLAB_SHIFT));
    slab->bin_bytes = size->bin_bytes;
    slab->bin_count = size->bin_count;
    slab->cache_offset = cache_offset;
    slab->class = (uint8_t)class;
    slab->slots = size->slots;
    slab->words = size->words;
    slab->sealed = false;
    slab->kind = SLAB_BINS;
}

void slab_format(struct slab *slab, unsigned class, uint16_t cache_offset, bool zero) {
    const struct size_class *size = &size_classes[class];
    unsigned headers = header_count(size->bin_count, size->slots);
    for (unsigned i = 0; i < headers; i++) {
        struct slab *slot = (struct slab *)((uintptr_t)slab + ((uintptr_t)i << SLOT_HEADER_SHIFT));
        slot->distance = (uint8_t)i;
        write_header(slot, class, cache_offset);
    }
    slab->scan = 0;
    slab->used = 0;
    slab->zero = zero;
    slab->used_words = 0;
    uint64_t *free = slab->map = free_map_of(slab, size->words);
    for (unsigned i = 0; i < size->words; i++) free[i] = ~(uint64_t)0;
    unsigned last = (size->bin_count - 1u) % WORD_BINS + 1;
    free[size->words - 1] = low_bits(last);
}

void slab_seal(struct slab *slab) {
    unsigned headers = slab_headers(slab);
    for (unsigned i = 0; i < headers; i++)
        ((struct slab *)((uintptr_t)slab + ((uintptr_t)i << SLOT_HEADER_SHIFT)))->sealed = true;
}

unsigned slab_next_word(struct slab *slab) {
    const uint64_t *free = free_map(slab);
    unsigned index = slab->scan;
    while (free[index] == 0) index = index + 1 < slab->words ? index + 1 : 0;
    slab->scan = (uint8_t)index;
    return index;
}

bool slab_take(struct slab *slab, unsigned index, uint64_t bins) {
    bool fresh = slab->zero && index >= slab->used_words;
    free_map(slab)[index] &= ~bins;
    slab->used = (uint16_t)(slab->used + count_bits(bins));
    if (index >= slab->used_words) slab->used_words = (uint8_t)(index + 1);
    return fresh;
}
