/* large_misuse.c -- pointers that are no block, among blocks that have slots or mappings. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "bitslab.h"

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)
#define SLOT_BYTES (64 * KIB)
#define SUPERPAGE_BYTES (2 * MIB)

static char *block_of(size_t size) {
    char *block = bitslab_malloc(size);
    memset(block, 0x5a, size);
    return block;
}

static void free_twice(void *block) {
    bitslab_free(block);
    bitslab_free(block);
}

/* An address in a mapping of the program, this far behind a multiple of 2 MiB. */
static char *in_own_mapping(size_t offset) {
    char *at = mmap(NULL, 8 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    bitslab_free(bitslab_malloc(1));
    return at + (SUPERPAGE_BYTES - (uintptr_t)at % SUPERPAGE_BYTES) % SUPERPAGE_BYTES + offset;
}

#define ABORTS(name, action) \
    Test(stage03_superpage, name, .signal = SIGABRT) { action; }

ABORTS(double_free_of_a_wide_block_aborts, free_twice(block_of(300 * KIB)))
ABORTS(double_free_of_a_huge_block_aborts, free_twice(block_of(4 * MIB)))
ABORTS(double_free_of_an_aligned_huge_block_aborts, free_twice(bitslab_aligned_alloc(4 * MIB, 100)))
ABORTS(double_free_of_a_bin_across_slots_aborts, free_twice(block_of(192 * KIB)))

ABORTS(free_inside_a_wide_block_aborts, bitslab_free(block_of(300 * KIB) + 16))
ABORTS(free_at_a_slot_of_a_wide_block_aborts, bitslab_free(block_of(300 * KIB) + SLOT_BYTES))
ABORTS(free_inside_a_huge_block_aborts, bitslab_free(block_of(4 * MIB) + 16))
ABORTS(free_at_a_superpage_of_a_huge_block_aborts,
       bitslab_free(block_of(5 * MIB) + SUPERPAGE_BYTES - SLOT_BYTES))
ABORTS(free_inside_a_bin_across_slots_aborts, bitslab_free(block_of(192 * KIB) + SLOT_BYTES))

ABORTS(realloc_inside_a_wide_block_aborts,
       (void)!bitslab_realloc(block_of(300 * KIB) + SLOT_BYTES, 10))
ABORTS(realloc_inside_a_huge_block_aborts, (void)!bitslab_realloc(block_of(4 * MIB) + 64, 10))
ABORTS(usable_size_inside_a_wide_block_aborts,
       (void)bitslab_usable_size(block_of(300 * KIB) + SLOT_BYTES))

ABORTS(realloc_in_a_foreign_mapping_aborts, (void)!bitslab_realloc(in_own_mapping(SLOT_BYTES), 9))
ABORTS(free_of_a_foreign_superpage_aborts, bitslab_free(in_own_mapping(0)))
ABORTS(free_of_a_superpages_metadata_aborts,
       bitslab_free((void *)((uintptr_t)block_of(100) / SUPERPAGE_BYTES * SUPERPAGE_BYTES)))
ABORTS(free_of_metadata_that_looks_like_a_bin_aborts,
       bitslab_free((void *)((uintptr_t)block_of(100) / SUPERPAGE_BYTES * SUPERPAGE_BYTES + 4096)))
#if STAGE <= 3 /* later ones read the header before they look whether there is one */
ABORTS(double_free_of_an_unmapped_huge_block_aborts, free_twice(bitslab_malloc(200 * MIB)))
ABORTS(free_in_a_foreign_mapping_aborts, bitslab_free(in_own_mapping(SLOT_BYTES)))
#endif
