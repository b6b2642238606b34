/* first_class.c -- heaps that are made, filled, shared for freeing, and destroyed. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "bitslab.h"
#include "support/ending.h"
#include "support/flavour.h"
#include "support/pattern.h"
#include "support/threads.h"

#define MIB ((size_t)1 << 20)

static const size_t sizes[] = {0,     1,     16,     64,     100,       1000,       4096,
                               20000, 32768, 100000, 262144, 300 << 10, 1900 << 10, 3 << 20};
#define SIZE_COUNT (sizeof sizes / sizeof sizes[0])

static struct bitslab_survey surveyed(void) {
    struct bitslab_survey now;
    bitslab_survey(&now);
    return now;
}

static void fill_heap(struct bitslab_heap *heap, unsigned each) {
    for (unsigned i = 0; i < SIZE_COUNT; i++)
        for (unsigned k = 0; k < each; k++) {
            unsigned char *block = bitslab_heap_malloc(heap, sizes[i]);
            cr_assert_not_null(block, "%zu bytes", sizes[i]);
            if (sizes[i] != 0) memset(block, 0xa5, sizes[i]);
        }
}

Test(stage06_orphanage, a_destroyed_heap_leaves_no_block_behind) {
    bitslab_free(bitslab_malloc(1)); /* the thread's own heap is made */
    struct bitslab_survey before = surveyed();
    for (unsigned round = 0; round < 5; round++) {
        struct bitslab_heap *heap = bitslab_heap_create();
        fill_heap(heap, 6);
        cr_assert_gt(surveyed().block_bytes, before.block_bytes + 30 * MIB);
        cr_assert_eq(bitslab_heap_destroy(heap), 0);
        struct bitslab_survey after = surveyed();
        cr_assert_eq(after.block_bytes, before.block_bytes);
        cr_assert_eq(after.huge_blocks, 0);
        cr_assert_eq(after.superpages_orphaned, 0);
    }
    cr_assert_leq(surveyed().superpages, before.superpages + 20, "rounds reuse their memory");
}

Test(stage06_orphanage, heaps_dont_mix_their_blocks) {
    struct bitslab_heap *one = bitslab_heap_create(), *two = bitslab_heap_create();
    unsigned char *mine[200], *first[200], *second[200];
    for (unsigned i = 0; i < 200; i++) {
        size_t size = 1 + i * 37;
        mine[i] = memset(bitslab_malloc(size), 1, size);
        first[i] = memset(bitslab_heap_malloc(one, size), 2, size);
        second[i] = memset(bitslab_heap_malloc(two, size), 3, size);
    }
    cr_assert_eq(bitslab_heap_destroy(one), 0);
    fill_heap(two, 3); /* may take the memory that `one` left */
    for (unsigned i = 0; i < 200; i++) {
        cr_assert_eq(mine[i][0], 1);
        cr_assert_eq(mine[i][i * 37], 1);
        cr_assert_eq(second[i][0], 3);
        cr_assert_eq(second[i][i * 37], 3);
        bitslab_free(mine[i]);
        bitslab_free(second[i]);
    }
    (void)first;
    cr_assert_eq(bitslab_heap_destroy(two), 0);
}

/* A bin that came back is used again, whichever way it came. */
Test(stage06_orphanage, a_heap_reuses_what_is_freed) {
    struct bitslab_heap *heap = bitslab_heap_create();
    struct bitslab_survey before = surveyed();
    for (unsigned round = 0; round < FEWER(200); round++) {
        void *blocks[100];
        for (unsigned i = 0; i < 100; i++) blocks[i] = bitslab_heap_malloc(heap, 4096);
        for (unsigned i = 0; i < 100; i++)
            if (round % 2 == 0) bitslab_free(blocks[i]);
            else bitslab_heap_free(heap, blocks[i]);
    }
    cr_assert_leq(surveyed().superpages, before.superpages + 2);
    bitslab_heap_destroy(heap);
}

/* Whoever freed a bin that is still in use finds its mark gone. */
static void mark_all(unsigned char **blocks, unsigned count, size_t size) {
    for (unsigned i = 0; i < count; i++) memset(blocks[i], (int)(i % 251), size);
    for (unsigned i = 0; i < count; i++) {
        cr_assert_eq(blocks[i][0], i % 251, "block %u of %zu bytes was handed out twice", i, size);
        cr_assert_eq(blocks[i][size - 1], i % 251);
    }
}

/* What this thread freed into the heap, it neither keeps for itself nor tells when the heap is
 * gone: its caches hold no stale bin. */
Test(stage06_orphanage, no_cache_outlives_a_heap) {
    static const size_t bins[] = {16, 32, 64, 200, 1000, 8192};
    static unsigned char *blocks[1500], *mine[300];
    for (unsigned k = 0; k < sizeof bins / sizeof bins[0]; k++) {
        struct bitslab_heap *heap = bitslab_heap_create();
        for (unsigned i = 0; i < 1500; i++) blocks[i] = bitslab_heap_malloc(heap, bins[k]);
        for (unsigned i = 0; i < 1500; i += 3) bitslab_free(blocks[i]);
        bitslab_heap_destroy(heap);
        heap = bitslab_heap_create();
        for (unsigned i = 0; i < 1000; i++) blocks[i] = bitslab_heap_malloc(heap, bins[k]);
        for (unsigned i = 0; i < 300; i++) mine[i] = bitslab_malloc(bins[k]);
        bitslab_free(bitslab_malloc(300 << 10)); /* whatever was held back is told now */
        for (unsigned i = 1000; i < 1500; i++) blocks[i] = bitslab_heap_malloc(heap, bins[k]);
        for (unsigned i = 0; i < 300; i++) memset(mine[i], 0xfe, bins[k]);
        mark_all(blocks, 1500, bins[k]);
        for (unsigned i = 0; i < 300; i++) cr_assert_eq(mine[i][0], 0xfe);
        for (unsigned i = 0; i < 300; i++) bitslab_free(mine[i]);
        surveyed();
        bitslab_heap_destroy(heap);
    }
}

struct batch {
    unsigned char *blocks[1000];
};

static void *free_batch(void *argument) {
    struct batch *batch = argument;
    for (unsigned i = 0; i < 1000; i++) bitslab_free(batch->blocks[i]);
    void *kept = bitslab_malloc(128); /* what it freed must not be handed out here */
    memset(kept, 7, 128);
    return kept;
}

Test(stage06_orphanage, other_threads_free_into_a_heap_that_is_destroyed) {
    static struct batch batches[4];
    for (unsigned round = 0; round < FEWER(40); round++) {
        struct bitslab_heap *heap = bitslab_heap_create();
        pthread_t threads[4];
        for (unsigned t = 0; t < 4; t++) {
            for (unsigned i = 0; i < 1000; i++)
                batches[t].blocks[i] = bitslab_heap_malloc(heap, i % 10 == 0 ? 70000 : i % 300);
            cr_assert_eq(pthread_create(&threads[t], NULL, free_batch, &batches[t]), 0);
        }
        unsigned char *kept[4];
        for (unsigned t = 0; t < 4; t++) pthread_join(threads[t], (void **)&kept[t]);
        cr_assert_eq(bitslab_heap_destroy(heap), 0);
        struct bitslab_heap *next = bitslab_heap_create();
        fill_heap(next, 2);
        for (unsigned t = 0; t < 4; t++) {
            cr_assert_eq(kept[t][0], 7, "a block of a thread lay in the heap");
            cr_assert_eq(kept[t][127], 7);
            bitslab_free(kept[t]);
        }
        bitslab_heap_destroy(next);
    }
}

Test(stage06_orphanage, calloc_in_a_heap_is_zeroed) {
    struct bitslab_heap *heap = bitslab_heap_create();
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 1; i < SIZE_COUNT; i++) {
            unsigned char *block = bitslab_heap_calloc(heap, 1, sizes[i]);
            for (size_t k = 0; k < sizes[i]; k++) cr_assert_eq(block[k], 0);
            memset(block, 0xff, sizes[i]);
        }
        bitslab_heap_destroy(heap);
        heap = bitslab_heap_create();
    }
    errno = 0;
    cr_assert_null(bitslab_heap_calloc(heap, SIZE_MAX / 2, 3));
    cr_assert_eq(errno, ENOMEM);
    bitslab_heap_destroy(heap);
}

Test(stage06_orphanage, realloc_in_a_heap_keeps_the_contents) {
    struct bitslab_heap *heap = bitslab_heap_create();
    unsigned char *block = NULL;
    size_t before = 0;
    for (size_t size = 1; size < 9 * MIB; size = size * 3 + 1) {
        block = bitslab_heap_realloc(heap, block, size);
        cr_assert_not_null(block);
        for (size_t k = 0; k < before; k++) cr_assert_eq(block[k], (unsigned char)(k * 7));
        for (size_t k = before; k < size; k++) block[k] = (unsigned char)(k * 7);
        before = size;
    }
    block = bitslab_heap_realloc(heap, block, 10);
    cr_assert_null(bitslab_heap_realloc(heap, block, SIZE_MAX / 2), "and the block is as it was");
    for (size_t k = 0; k < 10; k++) cr_assert_eq(block[k], (unsigned char)(k * 7));
    cr_assert_not_null(bitslab_heap_realloc(heap, block, 0));
    bitslab_heap_destroy(heap);
}

Test(stage06_orphanage, aligned_blocks_in_a_heap) {
    struct bitslab_heap *heap = bitslab_heap_create();
    for (size_t align = 1; align <= 4 * MIB; align *= 2)
        for (unsigned i = 0; i < SIZE_COUNT; i++)
            cr_assert_eq((uintptr_t)bitslab_heap_aligned_alloc(heap, align, sizes[i]) % align, 0);
    errno = 0;
    cr_assert_null(bitslab_heap_aligned_alloc(heap, 24, 1));
    cr_assert_eq(errno, EINVAL);
    bitslab_heap_destroy(heap);
}

Test(stage06_orphanage, a_heap_in_memory_of_the_callers_stays_in_it) {
    size_t bytes = 9 * MIB;
    unsigned char *memory =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (unsigned round = 0; round < 3; round++) {
        memset(memory, 0xee, bytes);
        struct bitslab_heap *heap = bitslab_heap_create_in(memory, bytes);
        cr_assert_not_null(heap);
        cr_assert_eq(surveyed().lent_bytes % (2 * MIB), 0);
        cr_assert_geq(surveyed().lent_bytes, 6 * MIB);
        unsigned count = 0;
        unsigned char *block, *last = NULL;
        while ((block = bitslab_heap_calloc(heap, 1, 5000)) != NULL) {
            cr_assert(block >= memory && block + 5000 <= memory + bytes);
            for (unsigned k = 0; k < 5000; k++) cr_assert_eq(block[k], 0);
            memset(block, 1, 5000);
            last = block;
            count++;
        }
        cr_assert_eq(errno, ENOMEM);
        /* Guards around the headers take two slots. */
        cr_assert_geq(count, 3 * (HARDENED ? 29 : 31) * 12, "%u blocks of 5000 bytes", count);
        bitslab_free(last);
        cr_assert_not_null(bitslab_heap_malloc(heap, 5000), "what is freed is used again");
        cr_assert_null(bitslab_heap_malloc(heap, 3 * MIB), "no block leaves the memory");
        cr_assert_eq(bitslab_heap_destroy(heap), 0);
        cr_assert_eq(surveyed().lent_bytes, 0);
    }
    munmap(memory, bytes);
}

Test(stage06_orphanage, memory_too_small_for_a_heap_is_refused) {
    char *memory = bitslab_malloc(8 * MIB);
    errno = 0;
    cr_assert_null(bitslab_heap_create_in(memory, MIB));
    cr_assert_eq(errno, EINVAL);
    cr_assert_null(bitslab_heap_create_in((void *)(UINTPTR_MAX - 3 * MIB), 3 * MIB - 1));
    cr_assert_null(bitslab_heap_create_in((void *)(UINTPTR_MAX - MIB), MIB - 1));
    cr_assert_null(bitslab_heap_create_in(NULL, 8 * MIB));
    cr_assert_null(bitslab_heap_create_in(memory, SIZE_MAX));
    struct bitslab_heap *heap = bitslab_heap_create_in(memory, 8 * MIB); /* in a huge block */
    cr_assert_not_null(heap);
    memset(bitslab_heap_malloc(heap, 1000), 1, 1000);
    bitslab_heap_destroy(heap);
    bitslab_free(memory);
}

static void destroy_twice(void *heap) {
    bitslab_heap_destroy(heap);
    struct bitslab_heap *next = bitslab_heap_create(); /* the same memory, and another handle */
    if (bitslab_heap_destroy(heap) != -1 || errno != EINVAL) _exit(1);
    if (bitslab_heap_malloc(next, 100) == NULL) _exit(2);
    if (bitslab_heap_destroy(next) != 0) _exit(3);
    if (bitslab_heap_destroy(next) != -1) _exit(5); /* its memory waits for the next heap */
    int no_heap;
    if (bitslab_heap_destroy((struct bitslab_heap *)&no_heap) != -1) _exit(4);
}

Test(stage06_orphanage, a_heap_destroyed_twice_is_said_and_survived) {
    struct ending ending = ending_of(destroy_twice, bitslab_heap_create());
    cr_assert_eq(ending.status, 0, "%d %s", ending.status, ending.text);
    const char *line = "bitslab: heap_destroy: no such heap, or destroyed before\n";
    cr_assert_eq(strncmp(ending.text, line, strlen(line)), 0, "%s", ending.text);
    cr_assert_eq(bitslab_heap_destroy(NULL), 0);
}

static void use_destroyed(void *heap) {
    bitslab_heap_destroy(heap);
    bitslab_heap_malloc(heap, 1);
}

static void use_replaced(void *heap) {
    bitslab_heap_destroy(heap);
    bitslab_heap_create(); /* in the same memory */
    bitslab_heap_malloc(heap, 1);
}

static void free_a_strangers(void *heap) { bitslab_heap_free(heap, bitslab_malloc(100)); }

static void free_a_strangers_huge(void *heap) {
    bitslab_heap_malloc(heap, 3 * MIB); /* the heap has a table of huge blocks, without that one */
    bitslab_heap_free(heap, bitslab_malloc(3 * MIB));
}

static void free_twice(void *heap) {
    void *block = bitslab_heap_malloc(heap, 100);
    bitslab_heap_free(heap, block);
    bitslab_heap_free(heap, block);
}

Test(stage06_orphanage, a_wrong_heap_is_told) {
    struct bitslab_heap *heap = bitslab_heap_create();
    struct ending ending = ending_of(use_destroyed, heap);
    cr_assert(reported(&ending, "heap_malloc", heap), "%s", ending.text);
    ending = ending_of(use_replaced, heap);
    cr_assert(reported(&ending, "heap_malloc", heap), "%s", ending.text);
    ending = ending_of(free_a_strangers, heap);
    cr_assert(aborted(&ending) && strstr(ending.text, "not a block of this heap"), "%s",
              ending.text);
    ending = ending_of(free_a_strangers_huge, heap);
    cr_assert(aborted(&ending) && strstr(ending.text, "not a block of this heap"), "%s",
              ending.text);
    ending = ending_of(free_twice, heap);
    cr_assert(aborted(&ending) && strstr(ending.text, "double free"), "%s", ending.text);
    bitslab_heap_free(heap, NULL);
    bitslab_heap_destroy(heap);
}

/* A handle has 16 bits to tell the heaps apart that lived in the same memory. */
Test(stage06_orphanage, handles_are_never_those_of_the_heap_before) {
    struct bitslab_heap *last = NULL;
    for (unsigned i = 0; i < 70000; i++) {
        struct bitslab_heap *heap = bitslab_heap_create();
        cr_assert_neq(heap, last);
        cr_assert_neq((uintptr_t)heap % 65536, 0, "generation 0 is nobody's");
        cr_assert_eq(bitslab_heap_destroy(heap), 0);
        last = heap;
    }
}

Test(stage06_orphanage, a_heap_refuses_what_is_too_large) {
    struct bitslab_heap *heap = bitslab_heap_create();
    const size_t half = SIZE_MAX / 2 + 1;
    const size_t large =
        half >> (sizeof(size_t) == 8 ? 16 : 1); /* where there are 64 bits, by the OS */
    errno = 0;
    cr_assert_null(bitslab_heap_malloc(heap, SIZE_MAX));
    cr_assert_eq(errno, ENOMEM);
    errno = 0;
    cr_assert_null(bitslab_heap_aligned_alloc(heap, half, 100));
    cr_assert_eq(errno, ENOMEM);
    errno = 0;
    cr_assert_null(bitslab_heap_aligned_alloc(heap, large, large - 1));
    cr_assert_eq(errno, ENOMEM);
    cr_assert_not_null(bitslab_heap_malloc(heap, 100), "the heap is intact");
    bitslab_heap_destroy(heap);
}

static unsigned fill_up(struct bitslab_heap *heap, void **blocks, unsigned most, size_t size) {
    unsigned count = 0;
    while (count < most && (blocks[count] = bitslab_heap_malloc(heap, size)) != NULL) count++;
    return count;
}

/* Superpages that became empty are no pool's: the heap fills them again, with another size, too. */
Test(stage06_orphanage, a_heap_in_memory_of_the_callers_keeps_what_became_empty) {
    static void *blocks[2000];
    void *memory = mmap(NULL, 9 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct bitslab_heap *heap = bitslab_heap_create_in(memory, 9 * MIB);
    unsigned first = fill_up(heap, blocks, 2000, 16000);
    size_t lent = surveyed().lent_bytes;
    for (unsigned round = 0; round < 3; round++) {
        unsigned count = fill_up(heap, blocks, 2000, 16000) + (round == 0 ? first : 0);
        /* The cache of the other size keeps a few bins, and so their slab. */
        cr_assert_geq(count, first - 16, "%u blocks at first, %u in round %u", first, count, round);
        for (unsigned i = 0; i < count; i++) bitslab_heap_free(heap, blocks[i]);
        count = fill_up(heap, blocks, 2000, 8000);
        cr_assert_geq(count, 2 * (first - 16), "%u blocks of half the size", count);
        for (unsigned i = 0; i < count; i++) bitslab_heap_free(heap, blocks[i]);
        cr_assert_eq(surveyed().lent_bytes, lent, "no superpage leaves the heap");
    }
    cr_assert_eq(bitslab_heap_destroy(heap), 0);
    munmap(memory, 9 * MIB);
}

/* A heap keeps all its superpages, however many; what is freed in the first is found again. */
Test(stage06_orphanage, a_heap_of_many_superpages_reuses_the_first) {
    enum { COUNT = 5000 };
    static void *blocks[COUNT];
    struct bitslab_heap *heap = bitslab_heap_create();
    cr_assert_eq(fill_up(heap, blocks, COUNT, 30000), COUNT);
    size_t superpages = surveyed().superpages;
    cr_assert_gt(superpages, 70);
    for (unsigned i = 0; i < COUNT; i += 2) bitslab_free(blocks[i]);
    bitslab_free(bitslab_malloc(3000)); /* what was held back is told */
    void *again[COUNT / 2];
    cr_assert_eq(fill_up(heap, again, COUNT / 2 - 500, 30000), COUNT / 2 - 500);
    cr_assert_leq(surveyed().superpages, superpages + 2);
    bitslab_heap_destroy(heap);
}

/* More of them than one table holds, freed and destroyed. */
Test(stage06_orphanage, a_heap_knows_all_its_huge_blocks) {
    bitslab_free(bitslab_malloc(1));
    struct bitslab_heap *heap = bitslab_heap_create();
    char *blocks[150];
    for (unsigned i = 0; i < 150; i++) blocks[i] = bitslab_heap_malloc(heap, 2 * MIB);
    cr_assert_eq(surveyed().huge_blocks, 150);
    for (unsigned i = 0; i < 150; i += 2) bitslab_heap_free(heap, blocks[i]);
    cr_assert_eq(surveyed().huge_blocks, 75);
    blocks[1] = bitslab_heap_realloc(heap, blocks[1], 3 * MIB); /* moves, and stays known */
    blocks[3] = bitslab_realloc(blocks[3], 5 * MIB);            /* leaves the heap */
    memset(blocks[3], 1, 5 * MIB);
    cr_assert_eq(bitslab_heap_destroy(heap), 0);
    cr_assert_eq(surveyed().huge_blocks, 1);
    cr_assert_eq(blocks[3][5 * MIB - 1], 1);
    bitslab_free(blocks[3]);
}
