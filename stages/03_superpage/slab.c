/* slab.c -- formatting a slab, taking bins from its free map. */
#include "slab.h"

/* What a free must find from any slot of the slab. */
static void write_header(struct slab *slab, unsigned class) {
    const struct size_class *size = &size_classes[class];
    slab->start = (uint32_t)(slab_start(slab) - ((uintptr_t)slab->distance << SLAB_SHIFT));
    slab->bin_bytes = size->bin_bytes;
    slab->bin_count = size->bin_count;
    slab->class = (uint8_t)class;
    slab->slots = size->slots;
    slab->words = size->words;
    slab->kind = SLAB_BINS;
}

void slab_format(struct slab *slab, unsigned class, bool zero) {
    const struct size_class *size = &size_classes[class];
    unsigned headers = header_count(size->bin_count, size->slots);
    for (unsigned i = 0; i < headers; i++) {
        struct slab *slot = (struct slab *)((uintptr_t)slab + ((uintptr_t)i << SLOT_HEADER_SHIFT));
        slot->distance = (uint8_t)i;
        write_header(slot, class);
    }
    slab->used = 0;
    slab->zero = zero;
    slab->used_bins = 0;
    uint64_t *free = slab->map = free_map_of(slab, size->words);
    for (unsigned i = 0; i < size->words; i++) free[i] = ~(uint64_t)0;
    unsigned last = (size->bin_count - 1u) % WORD_BINS + 1;
    free[size->words - 1] = low_bits(last);
}

unsigned slab_next_bin(const struct slab *slab) {
    const uint64_t *free = free_map(slab);
    unsigned index = 0;
    while (free[index] == 0) index++;
    return index * WORD_BINS + lowest_bit(free[index]);
}

bool slab_take(struct slab *slab, unsigned bin) {
    bool fresh = slab->zero && bin >= slab->used_bins;
    free_map(slab)[bin / WORD_BINS] &= ~((uint64_t)1 << bin % WORD_BINS);
    slab->used++;
    if (bin >= slab->used_bins) slab->used_bins = (uint16_t)(bin + 1);
    return fresh;
}
