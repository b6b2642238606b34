/* waste.c -- how much more memory is taken than was asked for. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "bitslab.h"
#include "support/flavour.h"

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)
#define BLOCKS_MAX (20 * MIB / 16)

static unsigned char *blocks[BLOCKS_MAX];

static size_t mapped_now(void) {
    struct bitslab_stats now;
    bitslab_stats(&now);
    return now.mapped_bytes;
}

/* A block of the size is at most a quarter larger than need be, by its own measure. */
static void measure(size_t size) {
    void *block = bitslab_malloc(size);
    cr_assert_not_null(block);
    size_t usable = bitslab_usable_size(block);
    cr_assert_geq(usable, size);
    cr_assert_leq((usable - size) * 4, usable, "%zu bytes take %zu", size, usable);
    bitslab_free(block);
}

static size_t allocate(size_t bytes, size_t size) {
    size_t count = bytes / (size + SPARE_BYTES);
    for (size_t i = 0; i < count; i++) {
        blocks[i] = bitslab_malloc(size);
        cr_assert_not_null(blocks[i], "malloc(%zu) gave up after %zu blocks", size, i);
        memset(blocks[i], 0xff, size);
    }
    return count;
}

static void free_all(size_t count) {
    for (size_t i = 0; i < count; i++) bitslab_free(blocks[i]);
}

Test(stage03_superpage, no_size_wastes_more_than_a_quarter_of_its_block) {
    for (size_t size = 65; size <= 4096; size++) measure(size);
    for (size_t size = 4097; size <= 64 * KIB; size += 37) measure(size);
    for (size_t size = 64 * KIB + 1; size <= MIB; size += 1021) measure(size);
}

Test(stage03_superpage, sizes_around_a_power_of_two_waste_at_most_a_quarter) {
    for (size_t power = 128; power <= MIB; power *= 2) {
        for (size_t quarter = 4; quarter < 8; quarter++) {
            for (size_t off = 0; off < 3; off++) measure(power / 4 * quarter - 1 + off);
        }
    }
}

Test(stage03_superpage, a_small_block_wastes_less_than_16_bytes) {
    for (size_t size = 1; size <= 128 - SPARE_BYTES; size++) {
        void *block = bitslab_malloc(size);
        cr_assert_lt(bitslab_usable_size(block), size + 16);
        bitslab_free(block);
    }
}

Test(stage03_superpage, blocks_of_a_slab_take_little_more_than_they_hold) {
    size_t before = mapped_now();
    for (unsigned i = 0; i < 1000; i++) {
        blocks[i] = bitslab_malloc(64 * KIB - SPARE_BYTES);
        cr_assert_not_null(blocks[i]);
    }
    size_t taken = mapped_now() - before;
    cr_assert_leq(taken, 64000 * KIB / 100 * 115 + 1000 * GUARDS_BYTES, "64,000 KiB take %zu KiB",
                  taken / KIB);
    free_all(1000);
}

/* A slab leaves at most an eighth unused, a superpage its first slot of 32 and fewer than four more.
 * One superpage is not yet full, two have slabs of up to ten slots with a bin of an earlier size. */
Test(stage03_superpage, no_kind_of_bin_takes_more_memory_than_its_slabs_leave_unused) {
    static const size_t sizes[] = {SCALED(16, 96, 16),
                                   SCALED(48, 176, 48),
                                   80,
                                   112,
                                   160,
                                   640,
                                   1024,
                                   3072,
                                   5 * KIB,
                                   7 * KIB,
                                   16 * KIB,
                                   24 * KIB,
                                   32 * KIB,
                                   40 * KIB,
                                   80 * KIB,
                                   112 * KIB,
                                   160 * KIB,
                                   192 * KIB,
                                   224 * KIB,
                                   256 * KIB};
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t size = sizes[i] > SPARE_BYTES ? sizes[i] - SPARE_BYTES : sizes[i];
        size_t count = allocate(20 * MIB, size), mapped = mapped_now();
        size_t slots = sizes[i] <= 16 * KIB ? 31 : 31 - 4;
        size_t most = count * (size + SPARE_BYTES) * 32 / slots * 8 / 7 + 6 * MIB;
        most += QUARANTINE_BYTES + (size > GUARDED_ABOVE_BYTES ? count * GUARDS_BYTES : 0);
        cr_assert_leq(mapped, most, "20 MiB of %zu bytes take %zu KiB", sizes[i], mapped / KIB);
        free_all(count);
    }
}

/* Memory that was full of blocks of one size, then of another. */
static void refill(size_t first, size_t second) {
    size_t count = allocate(20 * MIB, first), mapped = mapped_now();
    free_all(count);
    count = allocate(20 * MIB, second);
    size_t guards = second > GUARDED_ABOVE_BYTES ? count * (GUARDS_BYTES + second) : 0;
    cr_assert_leq(mapped_now(), mapped / 4 * 5 + guards + QUARANTINE_BYTES,
                  "%zu KiB of %zu bytes became %zu KiB of %zu", mapped / KIB, first,
                  mapped_now() / KIB, second);
    free_all(count);
}

Test(stage03_superpage, an_emptied_slab_serves_larger_bins) { refill(64, 3000); }

Test(stage03_superpage, an_emptied_slab_serves_smaller_bins) { refill(3000, 64); }

Test(stage03_superpage, emptied_slabs_serve_wide_blocks) { refill(64, 300 * KIB); }

Test(stage03_superpage, freed_wide_blocks_serve_bins) { refill(320 * KIB, 100); }

Test(stage03_superpage, emptied_slabs_of_several_slots_serve_bins_of_one) {
    refill(200 * KIB, 1000);
}

Test(stage03_superpage, memory_goes_from_size_to_size_all_day) {
    static const size_t sizes[] = {SCALED(16, 200, 16), 3000, 100,      40 * KIB, 64,
                                   300 * KIB,           1000, 192 * KIB};
    size_t most = 0;
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            size_t count = allocate(10 * MIB, sizes[i]);
            if (round == 0 && mapped_now() > most) most = mapped_now();
            free_all(count);
        }
    }
    cr_assert_leq(mapped_now(), most + 2 * MIB, "each round takes more memory");
    cr_assert_leq(most, (SPARE_BYTES > 0 ? 24 : 18) * MIB + 256 * GUARDS_BYTES + QUARANTINE_BYTES);
}

Test(stage03_superpage, blocks_freed_in_another_order_leave_empty_slabs) {
    size_t count = allocate(20 * MIB, 64), mapped = mapped_now();
    for (size_t part = 0; part < 7; part++)
        for (size_t i = part; i < count; i += 7) bitslab_free(blocks[i]);
    count = allocate(20 * MIB, 3000);
    cr_assert_leq(mapped_now() * 4, mapped * 5);
    free_all(count);
}
