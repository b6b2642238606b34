/* misuse.c -- misuses that every build catches: one message, then abort().
 *
 * tests/stress/misuse_checked.c measures all others, in both builds, and reads the messages.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bitslab.h"
#include "support/flavour.h"
#include "support/threads.h"

static unsigned char *block_of(size_t size) {
    unsigned char *block = bitslab_malloc(size);
    memset(block, 0x5a, size);
    return block;
}

static void free_twice(size_t size) {
    unsigned char *block = block_of(size);
    bitslab_free(block);
    bitslab_free(block);
}

static void *free_in_thread(void *block) {
    bitslab_free(block);
    return NULL;
}

static void free_in_two_threads(size_t size) {
    unsigned char *block = block_of(size);
    bitslab_free(block);
    in_thread(free_in_thread, block);
    bitslab_trim(); /* the owner looks at what others freed, at the latest */
}

/* A thread that has a heap, and so a place to keep what it frees of others. */
static void *free_twice_in_thread(void *block) {
    bitslab_free(bitslab_malloc(100));
    bitslab_free(block);
    bitslab_free(block);
    return NULL;
}

/* Frees so many blocks that the last ones had no place in a cache; returns the last. */
static unsigned char *freed_in_full_cache(size_t size) {
    unsigned char *blocks[1000];
    for (unsigned i = 0; i < 1000; i++) blocks[i] = block_of(size);
    for (unsigned i = 0; i < 999; i++) bitslab_free(blocks[i]);
    return blocks[998];
}

/* Where a stranger's bin might be kept. */
static void *free_in_thread_that_allocates(void *block) {
    bitslab_free(bitslab_malloc(64));
    bitslab_free(block);
    return NULL;
}

/* First a bin, and then the inside of another one of the same word. */
static void *free_inside_the_next_in_thread(void *block) {
    bitslab_free(block);
    bitslab_free((unsigned char *)block + 8);
    return NULL;
}

/* What the bins of 48 bytes leave over at the end of their 64 KiB. */
static unsigned char *behind_the_last_bin(void) {
    uintptr_t block = (uintptr_t)freed_in_full_cache(48 - SPARE_BYTES);
    return (unsigned char *)((block & ~(uintptr_t)0xffff) + 65536 / 48 * 48);
}

static void *libc_mapping(size_t offset) {
    char *at = mmap(NULL, 8 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uintptr_t base = ((uintptr_t)at + (2 << 20)) & ~(uintptr_t)((2 << 20) - 1);
    return (void *)(base + offset);
}

#define MISUSE(name, action) \
    Test(misuse, name, .signal = SIGABRT) { action; }

/* The last freed block once more. */
MISUSE(double_free_16, free_twice(16))
MISUSE(double_free_64, free_twice(64))
MISUSE(double_free_4_kib, free_twice(4096))
MISUSE(double_free_wide, free_twice(300 << 10))
MISUSE(double_free_huge, free_twice(4 << 20))

/* Freed, and then used. */
static unsigned char *freed_wide(void) {
    unsigned char *block = block_of(300 << 10);
    bitslab_free(block);
    return block;
}

MISUSE(realloc_of_a_freed_wide, bitslab_realloc(freed_wide(), 310 << 10))
MISUSE(usable_size_of_a_freed_wide, (void)bitslab_usable_size(freed_wide()))

/* Once by its owner, once by another thread. */
MISUSE(remote_double_free_16, free_in_two_threads(16))
MISUSE(remote_double_free_64, free_in_two_threads(64))
MISUSE(remote_double_free_4_kib, free_in_two_threads(4096))
MISUSE(remote_double_free_wide, free_in_two_threads(300 << 10))
MISUSE(remote_double_free_huge, free_in_two_threads(4 << 20))

/* Twice by the same other thread. */
MISUSE(strangers_double_free_16, in_thread(free_twice_in_thread, block_of(16)))
MISUSE(strangers_double_free_64, in_thread(free_twice_in_thread, block_of(64)))
MISUSE(strangers_double_free_4_kib, in_thread(free_twice_in_thread, block_of(4096)))

/* When the cache has no more room for it. */
MISUSE(double_free_in_full_cache, bitslab_free(freed_in_full_cache(48)))
MISUSE(behind_the_last_bin_in_full_cache, bitslab_free(behind_the_last_bin()))

/* Inside a block. */
MISUSE(interior_pointer_16, bitslab_free(block_of(16) + 8))
MISUSE(interior_pointer_64, bitslab_free(block_of(64) + 16))
MISUSE(interior_pointer_4_kib, bitslab_free(block_of(4096) + 2048))
MISUSE(interior_pointer_wide, bitslab_free(block_of(300 << 10) + 16))
MISUSE(interior_pointer_wide_at_a_slot, bitslab_free(block_of(300 << 10) + (64 << 10)))
MISUSE(interior_pointer_huge, bitslab_free(block_of(4 << 20) + 16))
MISUSE(interior_pointer_huge_at_a_superpage,
       bitslab_free(block_of(4 << 20) + (2 << 20) - (64 << 10)))
MISUSE(interior_pointer_by_a_stranger, in_thread(free_in_thread, block_of(64) + 16))
MISUSE(interior_pointer_by_a_stranger_who_allocates,
       in_thread(free_in_thread_that_allocates, block_of(64) + 16))
MISUSE(interior_pointer_by_a_stranger_again,
       in_thread(free_inside_the_next_in_thread, block_of(64)))
MISUSE(interior_pointer_to_realloc, bitslab_realloc(block_of(64) + 16, 100))
MISUSE(interior_pointer_to_realloc_of_its_size, bitslab_realloc(block_of(64) + 16, 64))
MISUSE(behind_the_last_bin_to_realloc, bitslab_realloc(behind_the_last_bin(), 48))
MISUSE(interior_pointer_to_usable_size, (void)bitslab_usable_size(block_of(64) + 16))
MISUSE(misaligned_pointer_16, bitslab_free(block_of(16) + 1))
MISUSE(misaligned_pointer_64, bitslab_free(block_of(64) + 1))
MISUSE(misaligned_pointer_4_kib, bitslab_free(block_of(4096) + 1))
MISUSE(misaligned_pointer_wide, bitslab_free(block_of(300 << 10) + 1))
MISUSE(misaligned_pointer_huge, bitslab_free(block_of(4 << 20) + 1))

/* Never a block of ours. Free of such a pointer is checked where that costs nothing; the checked
 * build finds every one. */
static char in_data[64];

static size_t usable_size_on_the_stack(void) {
    char here[64] = "";
    return bitslab_usable_size(here);
}

MISUSE(foreign_pointer_small_number, bitslab_free((void *)(uintptr_t)16))
MISUSE(foreign_pointer_beyond_all, bitslab_realloc((void *)(uintptr_t)0x100000000010010, 100))
MISUSE(foreign_pointer_libc_mmap, bitslab_free(libc_mapping(0)))
MISUSE(foreign_pointer_libc_mmap_to_realloc, bitslab_realloc(libc_mapping(0x120010), 100))
MISUSE(foreign_pointer_static_to_realloc, bitslab_realloc(in_data, 100))
MISUSE(foreign_pointer_static_to_free_sized, bitslab_free_sized(in_data, 64))
MISUSE(foreign_pointer_stack_to_usable_size, (void)usable_size_on_the_stack())

/* Sizes and alignments that the block cannot have. */
MISUSE(wrong_size_16, bitslab_free_sized(block_of(16), 17))
MISUSE(wrong_size_64, bitslab_free_sized(block_of(64), 16))
MISUSE(wrong_size_4_kib, bitslab_free_sized(block_of(4096), 100))
MISUSE(wrong_size_4_kib_larger,
       bitslab_free_sized(block_of(4096 - SPARE_BYTES), 4097 - SPARE_BYTES))
MISUSE(wrong_size_wide, bitslab_free_sized(block_of(300 << 10), 100 << 10))
MISUSE(wrong_size_huge, bitslab_free_sized(block_of(4 << 20), 5 << 20))
MISUSE(wrong_size_0, bitslab_free_sized(block_of(64), 0))
MISUSE(wrong_size_wide_beyond_bins, bitslab_free_sized(block_of(900 << 10), 300 << 10))
MISUSE(wrong_size_by_alignment, bitslab_free_aligned_sized(block_of(64), 16, 200))
MISUSE(wrong_alignment, bitslab_free_aligned_sized(block_of(4096) + 0, 1 << 30, 4096))

/* Without a place for the message. */
MISUSE(nobody_reads_the_message, (close(STDERR_FILENO), bitslab_free((void *)(uintptr_t)16)))

/* What only a hardened build sees: a canary that was written, the size of a huge block, and a bin
 * that waits beside the one that was handed out last. */
#if HARDENED
static unsigned char *overwritten(size_t size) {
    unsigned char *block = block_of(size);
    block[size] ^= 1;
    return block;
}

/* A bin of 64 bytes tells in its last two how many before the last word are filled, here 16. */
static unsigned char *with_less_slack(void) {
    unsigned char *block = block_of(40);
    block[62] ^= 16;
    return block;
}

/* The first bin of another bitmap word: the other bins of that word are free, and come next. */
static unsigned char *in_cursor(void) {
    freed_in_full_cache(64 - SPARE_BYTES);
    uintptr_t first = (uintptr_t)block_of(64 - SPARE_BYTES), next = first;
    while (next / 4096 == first / 4096) next = (uintptr_t)block_of(64 - SPARE_BYTES);
    return (unsigned char *)(next ^ 64);
}

/* A block without bytes has no canary. Both frees wait in a quarantine; the owner's comes out first,
 * and its slab goes. */
static void free_and_forget(void *block) {
    bitslab_free(bitslab_malloc(16)); /* only a thread with a heap has a quarantine */
    bitslab_free(block);
}

static void look(void *unused) {
    (void)unused;
    bitslab_trim();
}

static void free_in_two_quarantines(void) {
    struct helper helper;
    void *block = bitslab_malloc(0);
    helper_start(&helper);
    helper_do(&helper, free_and_forget, block);
    bitslab_free(block);
    bitslab_trim();
    helper_do(&helper, look, NULL);
}

MISUSE(double_free_of_what_waits_twice, free_in_two_quarantines())
MISUSE(overwritten_usable_size, (void)bitslab_usable_size(overwritten(104)))
MISUSE(overwritten_seen_later, bitslab_free((overwritten(100), block_of(5000))))
MISUSE(overwritten_slack, bitslab_free(with_less_slack()))
MISUSE(wrong_size_huge_smaller, bitslab_free_sized(block_of(4 << 20), 1 << 20))
MISUSE(double_free_of_what_comes_next, bitslab_free(in_cursor()))
#endif
