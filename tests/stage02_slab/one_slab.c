/* one_slab.c -- the bins of a slab: where they lie, and that each is handed out once. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>

#include "bitslab.h"
#include "support/pattern.h"
#include "support/random.h"
#if HARDENED
#include "size_class.h"
#endif

#define SLAB_SIZE ((uintptr_t)64 * 1024)
#define LARGEST_BYTES ((size_t)32 * 1024)
#define BINS_MAX 4096

static uintptr_t slab_base(const void *block) { return (uintptr_t)block & ~(SLAB_SIZE - 1); }

/* The largest power of two that divides a size: what its bins are aligned to. */
static size_t own_align(size_t size) { return size & -size; }

/* The smallest bins that a request can fill; and what it must ask for. */
#define SMALLEST_BYTES ((size_t)(SPARE_BYTES < 16 ? 16 : 32))
static size_t request_for(size_t bin_bytes) { return bin_bytes - SPARE_BYTES; }

/* The bins of the next size class, found as a program can: by the first request that gets more. */
static size_t next_class(size_t bin_bytes) {
#if HARDENED
    unsigned class = 0;
    while (CLASS_BYTES(class) <= bin_bytes) class++;
    return CLASS_BYTES(class);
#else
    void *block = bitslab_malloc(request_for(bin_bytes) + 1);
    size_t usable = bitslab_usable_size(block);
    bitslab_free(block);
    return usable + SPARE_BYTES;
#endif
}

static unsigned char *bins[BINS_MAX];

/* Take bins until one lies in another slab, which goes back. The first slab of a class is fresh. */
static unsigned take_a_slab(size_t size) {
    unsigned count = 0;
    for (;;) {
        unsigned char *bin = bitslab_malloc(request_for(size));
        cr_assert_not_null(bin);
        if (count > 0 && slab_base(bin) != slab_base(bins[0])) {
            bitslab_free(bin);
            return count;
        }
        cr_assert_lt(count, BINS_MAX, "a slab has more bins of %zu bytes than fit into it", size);
        bins[count++] = bin;
    }
}

static int by_address(const void *a, const void *b) {
    unsigned char *x = *(unsigned char *const *)a, *y = *(unsigned char *const *)b;
    return (x > y) - (x < y);
}

static void check_places(size_t size, unsigned count) {
    cr_assert_geq(count, 1);
    if (!BINS_IN_TURN) qsort(bins, count, sizeof bins[0], by_address);
    for (unsigned i = 0; i < count; i++) {
        uintptr_t at = (uintptr_t)bins[i];
        cr_assert_eq(bitslab_usable_size(bins[i]), request_for(size));
        cr_assert_eq(at % own_align(size), 0, "bin %u of %zu bytes at %#zx", i, size, at);
        cr_assert_leq(at + size, slab_base(bins[0]) + SLAB_SIZE, "bin %u of %zu bytes", i, size);
        if (i == 0) continue;
        size_t distance = (size_t)(bins[i] - bins[i - 1]);
        cr_assert_eq(BINS_IN_TURN ? distance : distance % size + size, size, "bin %u of %zu bytes",
                     i, size);
    }
}

/* Bins whose slabs take one slot each in every stage. */
static bool one_slot(size_t size) { return SLAB_SIZE % size * 8 <= SLAB_SIZE; }

Test(stage02_slab, the_bins_of_a_slab_lie_side_by_side_aligned_and_inside) {
    for (size_t size = SMALLEST_BYTES; size <= 16 * 1024; size = next_class(size)) {
        if (!one_slot(size)) continue;
        unsigned count = take_a_slab(size);
        check_places(size, count);
        /* Stage 2 has a header in the slab; later ones have it elsewhere. */
        cr_assert_geq(count + QUARANTINE_BINS, (SLAB_SIZE - 1024) / size - (size > 1024),
                      "bins of %zu bytes", size);
        for (unsigned i = 0; i < count; i++) bitslab_free(bins[i]);
    }
}

/* Fill what the slab after the first one has left, so that the first one's bins are wanted next. */
static void use_up_the_next_slab(size_t size, unsigned count) {
    for (unsigned i = 0; i < count; i++) cr_assert_not_null(bitslab_malloc(request_for(size)));
}

/* All bins are freed in random order and taken again: the same ones, each once. */
Test(stage02_slab, the_bins_of_a_slab_come_back_once_each) {
    static bool seen[BINS_MAX];
    static unsigned order[BINS_MAX];
    uint64_t state = 99;
    for (size_t size = SMALLEST_BYTES; size <= 8 * 1024; size = next_class(size)) {
        if (!one_slot(size)) continue;
        unsigned count = take_a_slab(size);
        uintptr_t first = BINS_IN_TURN ? (uintptr_t)bins[0] : slab_base(bins[0]);
        use_up_the_next_slab(size, count);
        random_order(&state, order, count);
        for (unsigned i = 0; i < count; i++) bitslab_free(bins[order[i]]);
        for (unsigned i = 0; i < count; i++) seen[i] = false;
        unsigned again = 0;
        for (unsigned i = 0; i < count; i++) {
            bins[i] = bitslab_malloc(request_for(size));
            pattern_fill(bins[i], request_for(size), i);
            uintptr_t offset = (uintptr_t)bins[i] - first;
            if (offset >= count * size) continue; /* a later stage may prefer another slab */
            cr_assert_eq(offset % size, 0, "%zu bytes: not a bin's start", size);
            cr_assert(!seen[offset / size], "%zu bytes: bin %zu twice", size, offset / size);
            seen[offset / size] = true;
            again++;
        }
        if (STAGE <= 3) cr_assert_eq(again, count, "%zu bytes: %u of %u", size, again, count);
        for (unsigned i = 0; i < count; i++) {
            cr_assert(pattern_ok(bins[i], request_for(size), i), "bin %u of %zu bytes", i, size);
            bitslab_free(bins[i]);
        }
    }
}

Test(stage02_slab, an_aligned_request_gets_a_bin_that_is_aligned_and_not_much_larger) {
    for (size_t align = 16; align <= LARGEST_BYTES; align *= 2) {
        for (size_t size = 1; size <= LARGEST_BYTES; size += size / 5 + 1) {
            size_t rounded = (size + SPARE_BYTES + align - 1) / align * align;
            void *block = bitslab_aligned_alloc(align, size);
            cr_assert_eq((uintptr_t)block % align, 0, "%zu bytes at %zu", size, align);
            if (rounded <= LARGEST_BYTES)
                cr_assert_leq(bitslab_usable_size(block), rounded + rounded / 3 + 16,
                              "%zu bytes at %zu", size, align);
            bitslab_free(block);
        }
    }
}

Test(stage02_slab, small_sizes_waste_less_than_a_step_of_16_bytes) {
    for (size_t size = 1; size <= 128 - SPARE_BYTES; size++) {
        void *block = bitslab_malloc(size);
        cr_assert_lt(bitslab_usable_size(block) - size, 16, "%zu bytes", size);
        bitslab_free(block);
    }
}

Test(stage02_slab, more_than_the_region_passes_through_one_bin_of_each_class) {
    for (size_t bin = SMALLEST_BYTES; bin <= LARGEST_BYTES; bin = next_class(bin)) {
        struct bitslab_stats before, after;
        size_t size = request_for(bin);
        bitslab_free(bitslab_malloc(size));
        bitslab_stats(&before);
        for (unsigned turn = 0; turn < FEWER(40000); turn++) bitslab_free(bitslab_malloc(size));
        bitslab_stats(&after);
        cr_assert_leq(after.mapped_bytes, before.mapped_bytes + QUARANTINE_BYTES, "%zu bytes",
                      size);
        if (bin == LARGEST_BYTES) break;
    }
}
