/* scenarios.c -- what a victim is frozen in: every path of the library, one idea each.
 *
 * What only prepares a path runs at full speed; a step costs as much as a thousand instructions.
 */
#include "superpage.h"
#include "victim.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define ALL_SLOT_COUNT (SLOT_COUNT - 1)
#define MEETINGS_END 800 /* a step; longer calls have no more new instructions */
#define MIB ((size_t)1 << 20)
#define KIB ((size_t)1 << 10)

static void *blocks[4096];

/* Blocks of one size, at full speed, and freed again. */
static void fill(unsigned count, size_t size) {
    for (unsigned i = 0; i < count; i++) blocks[i] = block_new(size);
}

static void drop(unsigned from, unsigned to) {
    for (unsigned i = from; i < to; i++) {
        block_drop(blocks[i]);
        blocks[i] = NULL;
    }
}

static void watched_drop_range(unsigned from, unsigned to) {
    for (unsigned i = from; i < to; i++) {
        watched_drop(blocks[i]);
        blocks[i] = NULL;
    }
}

/* A thread that allocates and ends: what it had is nobody's. */
struct donor {
    unsigned count;
    size_t size;
};

static void *donate(void *argument) {
    const struct donor *donor = argument;
    fill(donor->count, donor->size);
    return NULL;
}

static void donor_ends(unsigned count, size_t size) {
    struct donor donor = {count, size};
    pthread_t thread;
    if (pthread_create(&thread, NULL, donate, &donor) != 0) abort();
    pthread_join(thread, NULL);
}

static void small_blocks(void) {
    for (unsigned class = chance(6); class < CLASS_COUNT; class += 1 + chance(16)) {
        size_t size = CLASS_BYTES(class);
        void *zeroed = NULL;
        void *block = watched_new(size);
        WATCH(zeroed = bitslab_calloc(1, size));
        watched_drop(block_stamp(zeroed, size));
        watched_drop(block);
    }
}

static void magazine_overflows(void) {
    fill(200, 48);
    drop(0, 40);
    watched_drop_range(40, 70);
    drop(70, 200);
    for (unsigned i = 0; i < 70; i++) blocks[i] = i < 40 ? block_new(48) : watched_new(48);
    drop(0, 70);
}

static void sparse_words(void) {
    fill(3000, 112);
    for (unsigned i = 0; i < 3000; i += 11) drop(i, i + 1);
    for (unsigned i = 0; i < 3000; i += 11) blocks[i] = i % 5 ? block_new(112) : watched_new(112);
    drop(0, 3000);
}

static void slabs_retire(void) {
    fill(100, 8 * KIB);
    watched_drop_range(0, 24);
    drop(24, 100);
}

static void zeroed_blocks(void) {
    for (unsigned i = 0; i < 12; i++) {
        WATCH(blocks[i] = bitslab_calloc(3, 16 * KIB));
        block_stamp(blocks[i], 48 * KIB);
    }
    drop(0, 12);
}

/* Superpages become empty, more than the pool keeps with their memory. */
static void superpages_empty(void) {
    fill(14, 1900 * KIB);
    watched_drop_range(0, 3);
    drop(3, 11);
    watched_drop_range(11, 14);
    fill(150, 32 * KIB);
    drop(0, 110);
    for (unsigned i = 110; i < 150; i++) i % 4 ? drop(i, i + 1) : watched_drop_range(i, i + 1);
    for (unsigned i = 0; i < 3; i++) blocks[i] = watched_new(1900 * KIB);
    drop(0, 3);
}

static void wide_blocks(void) {
    static const size_t sizes[] = {500 * KIB, 310 * KIB, 1300 * KIB, 400 * KIB, 1984 * KIB, 100};
    void *block = watched_new(300 * KIB);
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        WATCH(block = bitslab_realloc(block, sizes[i]));
        block_stamp(block, sizes[i]);
    }
    watched_drop(block);
    WATCH(block = bitslab_calloc(1, 600 * KIB));
    watched_drop(block_stamp(block, 600 * KIB));
}

/* The superpage has the run and, behind it, the free slots that are missing to the whole. */
static bool may_take_all(const void *run, unsigned slots) {
    struct superpage *superpage = superpage_of((uintptr_t)run);
    return superpage->free_slots == slot_run(1 + slots, ALL_SLOT_COUNT - slots) &&
           block_owner(run) == atomic_load(&victims_heap);
}

/* A run that takes all that its superpage has left, so that the heap gives the superpage up. */
static void wide_takes_all(void) {
    ready();
    no_stock = true;
    block_drop(block_new(ALL_SLOT_COUNT * SLAB_BYTES)); /* an empty superpage is at hand now */
    watched_drop(watched_new(ALL_SLOT_COUNT * SLAB_BYTES));
    fill(6, 20 * SLAB_BYTES);
    for (unsigned i = 0; i < 6; i++) {
        if (!may_take_all(blocks[i], 20)) continue;
        WATCH(blocks[i] = bitslab_realloc(blocks[i], ALL_SLOT_COUNT * SLAB_BYTES));
        block_stamp(blocks[i], ALL_SLOT_COUNT * SLAB_BYTES);
        break;
    }
    no_stock = false;
    drop(0, 6);
}

static void huge_blocks(void) {
    static const size_t sizes[] = {3 * MIB, 5 * MIB, 4 * MIB, 40 * MIB, 41 * MIB, 2 * MIB, 1 * MIB};
    void *block = watched_new(2500 * KIB);
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        WATCH(block = bitslab_realloc(block, sizes[i]));
        block_stamp(block, sizes[i]);
    }
    watched_drop(block);
    WATCH(block = bitslab_calloc(1, 6 * MIB));
    watched_drop(block_stamp(block, 6 * MIB));
}

/* More mappings than the cache keeps, and one that it does not take at all. */
static void huge_cache(void) {
    for (unsigned i = 0; i < 12; i++) blocks[i] = block_new((2 + i) * MIB);
    watched_drop_range(0, 12);
    for (unsigned i = 0; i < 4; i++) blocks[i] = watched_new((9 + i) * MIB);
    watched_drop_range(0, 4);
    watched_drop(block_new(20 * MIB));
}

static void huge_resize_fails(void) {
    void *block = block_new(3 * MIB);
    void *moved = NULL;
    failing = FAIL_RESIZE; /* so the mapping is moved */
    WATCH(block = bitslab_realloc(block, 6 * MIB));
    failing = FAIL_MOVE; /* so it is copied */
    WATCH(block = bitslab_realloc(block, 9 * MIB));
    block_stamp(block, 9 * MIB);
    failing = FAIL_MAP;
    map_hint = NULL;
    WATCH(moved = bitslab_realloc(block, 60 * MIB));
    failing = FAIL_NOTHING;
    watched_drop(moved != NULL ? block_stamp(moved, 60 * MIB) : block);
}

static void aligned_blocks(void) {
    static const size_t aligns[] = {64, 4 * KIB, 64 * KIB, 128 * KIB, 2 * MIB, 8 * MIB, 3};
    for (unsigned i = 0; i < sizeof aligns / sizeof *aligns; i++) {
        void *block = NULL;
        WATCH(block = bitslab_aligned_alloc(aligns[i], 5000 * i + 16));
        watched_drop(block_stamp(block, 5000 * i + 16));
        block = NULL;
        WATCH(bitslab_posix_memalign(&block, aligns[i], 100));
        block = block_stamp(block, 100);
        if (block != NULL) WATCH(block = bitslab_realloc(block, 9 * MIB));
        watched_drop(block_stamp(block, 9 * MIB));
    }
}

static void sizes_known(void) {
    static const size_t sizes[] = {0, 16, 100, 5000, 40 * KIB, 250 * KIB, 700 * KIB, 4 * MIB};
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        void *block = bitslab_malloc(sizes[i]);
        WATCH(bitslab_usable_size(block));
        WATCH(bitslab_free_sized(block, sizes[i]));
        block = bitslab_aligned_alloc(256, sizes[i]);
        WATCH(bitslab_free_aligned_sized(block, 256, sizes[i]));
    }
    WATCH(bitslab_usable_size(NULL));
    WATCH(bitslab_free_sized(NULL, 1));
    WATCH(bitslab_free_aligned_sized(NULL, 16, 1));
    WATCH(bitslab_free(NULL));
}

static void resized_bins(void) {
    static const size_t sizes[] = {0, 20, 60, 200, 190, 3000, 2900, 40 * KIB, 41 * KIB, 10};
    void *block = NULL;
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
        WATCH(block = bitslab_realloc(block, sizes[i]));
    WATCH(bitslab_free(block));
}

static void impossible_requests(void) {
    void *block = block_new(100);
    void *none[6];
    WATCH(none[0] = bitslab_malloc(SIZE_MAX));
    WATCH(none[1] = bitslab_calloc(SIZE_MAX / 2, 3));
    WATCH(none[2] = bitslab_realloc(block, SIZE_MAX));
    WATCH(none[3] = bitslab_aligned_alloc(SIZE_MAX / 2 + 1, 16));
    WATCH(none[4] = bitslab_calloc(SIZE_MAX / 2, 1));
    WATCH(bitslab_posix_memalign(&none[5], SIZE_MAX / 2 + 1, 16));
    for (unsigned i = 0; i < 5; i++)
        if (none[i] != NULL) abort();
    watched_drop(block);
}

/* Take all that is left anywhere, for runs and for slabs. The blocks that there are then. */
static unsigned use_up(unsigned count) {
    failing = FAIL_MAP;
    while (count < 3000 && (blocks[count] = block_new(1900 * KIB)) != NULL) count++;
    while (count < 4000 && (blocks[count] = block_new(40 * KIB)) != NULL) count++;
    return count;
}

static void no_memory(void) {
    unsigned count = use_up(0);
    void *none;
    WATCH(none = bitslab_malloc(1900 * KIB));
    bitslab_free(none);
    WATCH(none = bitslab_malloc(40 * KIB));
    bitslab_free(none);
    WATCH(none = bitslab_malloc(7 * MIB));
    bitslab_free(none);
    WATCH(none = bitslab_aligned_alloc(4 * MIB, 100));
    bitslab_free(none);
    count = use_up(count);
    failing = FAIL_NOTHING;
    atomic_store(&shared->quiet, true); /* nobody gives superpages back */
    for (unsigned i = 0; i < 4; i++) blocks[count++] = watched_new(1900 * KIB);
    atomic_store(&shared->quiet, false);
    drop(0, count);
}

/* The registry needs a new leaf for each 64 GiB, and may not get one. */
static void far_away(void) {
    static uintptr_t at = (uintptr_t)1 << 44;
    map_hint = (void *)(at += (uintptr_t)1 << 37);
    watched_drop(watched_new(30 * MIB));
    map_hint = (void *)((at += (uintptr_t)1 << 37) + 64 * KIB); /* not aligned */
    watched_drop(watched_new(30 * MIB));
}

static void trim(void) {
    struct bitslab_stats stats;
    ready();
    no_stock = true; /* a heap with full caches takes long to empty */
    donor_ends(40, 1000);
    drop(0, 40);
    bitslab_trim();
    block_drop(block_new(20 * KIB));
    fill(10, 1200 * KIB);
    drop(0, 10);
    WATCH(bitslab_trim());
    fill(10, 1200 * KIB);
    drop(0, 10);
    failing = FAIL_ADVISE;
    WATCH(bitslab_trim());
    failing = FAIL_NOTHING;
    watched_drop(watched_new(1200 * KIB));
    WATCH(bitslab_stats(&stats));
    no_stock = false;
}

static void check(void) {
    ready();
    no_stock = true;
    bitslab_trim();
    void *block = block_new(50 * KIB);
    WATCH(bitslab_check());
    no_stock = false;
    watched_drop(block);
}

/* What a program must not do. The library says so and aborts, which here ends the call only. */
static void misused_free(void *block) {
    jmp_buf caught;
    misuse_caught = &caught;
    if (setjmp(caught) == 0) {
        WATCH(bitslab_free(block));
        fprintf(stderr, "a wrong free of %p was not noticed\n", block);
        misuse_caught = NULL;
        abort();
    }
    misuse_caught = NULL;
}

/* Bins of one slab: with one of them live, the slab stays, and the other's bit is in its map. */
static void misused_bins(void) {
    fill(12, 9000);
    misused_free((char *)blocks[0] + 16);
    for (unsigned i = 1; i < 12; i++) {
        struct slab *slab = slab_head(slab_of((uintptr_t)blocks[i]));
        bool same = slab == slab_head(slab_of((uintptr_t)blocks[i - 1]));
        if (!same || block_owner(blocks[i]) != atomic_load(&victims_heap)) continue;
        void *twice = blocks[i];
        block_drop(block_new(9000)); /* what the cache keeps is another bin */
        drop(i, i + 1);
        misused_free(twice);
        break;
    }
    drop(0, 12);
    void *last = block_new(100);
    block_drop(last);
    misused_free(last);
    last = bag_take(&apart); /* held back, and held back again */
    block_drop(last);
    misused_free(last);
}

static void misuse(void) {
    char *wide = block_new(550 * KIB);
    char *huge = block_new(3 * MIB);
    ready();
    no_stock = true;
    misused_bins();
    misused_free(wide + 16);
    misused_free(wide + SLAB_BYTES);
    misused_free(huge + 16);
    misused_free((char *)((uintptr_t)&wide & ~(uintptr_t)15));
    misused_free((char *)superpage_of((uintptr_t)wide));
    wide = block_stamp(bitslab_realloc(wide, 300 * KIB), 300 * KIB);
    if (block_owner(wide) == atomic_load(&victims_heap)) misused_free(wide + 7 * SLAB_BYTES);
    block_drop(wide);
    block_drop(huge);
    no_stock = false;
}

/* Superpages of ended threads, with room, and without. */
static void adoption(void) {
    void *mine[60];
    donor_ends(40, 20 * KIB);
    for (unsigned i = 0; i < 60; i++) mine[i] = i % 5 ? block_new(60 * KIB) : watched_new(60 * KIB);
    for (unsigned i = 0; i < 40; i++)
        if (i % 4 == 0) watched_remote_drop(blocks[i]);
        else block_drop(blocks[i]);
    for (unsigned i = 0; i < 60; i++)
        if (i % 8 == 0) watched_drop(mine[i]);
        else block_drop(mine[i]);
}

/* Superpages that are full are nobody's; whoever frees the first bin gets them. */
static void claims(void) {
    donor_ends(190, 32 * KIB);
    for (unsigned i = 0; i < 190; i++)
        if (i % 20 == 0) watched_remote_drop(blocks[i]);
        else block_drop(blocks[i]);
    fill(130, 32 * KIB);
    for (unsigned i = 0; i < 130; i++) bag_put(&stock, blocks[i]);
    for (unsigned i = 0; i < 8; i++) round_run();
    for (unsigned i = 0; i < 12; i++) blocks[i] = watched_new(32 * KIB);
    watched_drop_range(0, 12);
}

/* Workers' blocks, of every size. */
static void remote_frees(void) {
    for (unsigned i = 0; i < 20; i++) round_run();
    for (unsigned i = 0; i < 40; i++) watched_remote_drop(bag_take(&gifts));
}

/* More words of remote maps than a thread holds back; again the same words; then all are told. New
 * blocks for the stock would tell them before. */
static void words_apart(void) {
    ready();
    no_stock = true;
    for (unsigned i = 0; i < 16; i++) block_drop(bag_take(&apart));
    for (unsigned i = 0; i < 8; i++) watched_remote_drop(bag_take(&apart));
    for (unsigned i = 0; i < 24; i++) block_drop(bag_take(&apart));
    for (unsigned i = 0; i < 8; i++) watched_remote_drop(bag_take(&apart));
    for (unsigned i = 0; i < 60; i++) blocks[i] = i % 10 ? block_new(250) : watched_new(250);
    no_stock = false;
    drop(0, 60);
}

/* What others freed comes back to its owner. */
static void collects(void) {
    for (unsigned i = 0; i < 20; i++) round_run();
    for (unsigned i = 0; i < 40; i++) blocks[i] = watched_new(i % 2 ? 48 : 700);
    drop(0, 40);
}

/* Owner of more than it needs. */
static void sheds(void) {
    fill(10, 1100 * KIB);
    for (unsigned i = 10; i < 12; i++) blocks[i] = watched_new(1100 * KIB);
    drop(0, 11);
    watched_drop_range(11, 12);
}

/* A meeting at each step of a call, made anew each time, until the call has no such step. */
static void meet_everywhere(void (*prepare)(unsigned), void (*call)(unsigned), unsigned stride) {
    ready();
    no_stock = true;
    unsigned at = 1;
    do {
        prepare(at);
        call(at);
        drop(0, 3);
        block_drop(atomic_exchange(&twin, NULL));
    } while (atomic_load(&shared->met) && (at += stride) < MEETINGS_END);
    no_stock = false;
}

/* A superpage without an owner, in the orphanage, or full and therefore not; two blocks of it. */
static void *leave_two(void *argument) {
    unsigned at = *(const unsigned *)argument;
    blocks[0] = block_new(20 * SLAB_BYTES);
    blocks[1] = block_new((at % 4 == 1 ? 5 : 11) * SLAB_BYTES);
    return NULL;
}

static void prepare_orphan(unsigned at) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, leave_two, &at) != 0) abort();
    pthread_join(thread, NULL);
    atomic_store(&twin, blocks[1]);
    blocks[1] = NULL;
}

static void call_free(unsigned at) {
    block_verify(blocks[0]);
    MEET(at, bitslab_free(blocks[0]));
    blocks[0] = NULL;
}

static void call_adopt(unsigned at) {
    MEET(at, blocks[2] = bitslab_malloc(30 * SLAB_BYTES));
    block_stamp(blocks[2], 30 * SLAB_BYTES);
}

static void meet_claims(void) { meet_everywhere(prepare_orphan, call_free, 2); }

static void meet_adoptions(void) { meet_everywhere(prepare_orphan, call_adopt, 12); }

/* The last slots of a superpage are handed out, and at that time a block in it is freed. */
static void prepare_last(unsigned at) {
    (void)at;
    block_drop(block_new(ALL_SLOT_COUNT * SLAB_BYTES));
    atomic_store(&twin, block_new(20 * SLAB_BYTES));
}

static void call_take_last(unsigned at) {
    MEET(at, blocks[2] = bitslab_malloc(11 * SLAB_BYTES));
    block_stamp(blocks[2], 11 * SLAB_BYTES);
}

static void meet_giving_up(void) { meet_everywhere(prepare_last, call_take_last, 3); }

const struct scenario scenarios[] = {
    {"trim", trim}, /* first, before there is much to trim */
    {"small blocks", small_blocks},
    {"remote frees", remote_frees},
    {"sparse words", sparse_words},
    {"words of a map", words_apart},
    {"magazine overflows", magazine_overflows},
    {"slabs retire", slabs_retire},
    {"zeroed blocks", zeroed_blocks},
    {"superpages become empty", superpages_empty},
    {"wide blocks", wide_blocks},
    {"a wide block takes all", wide_takes_all},
    {"huge blocks", huge_blocks},
    {"the cache of huge blocks", huge_cache},
    {"huge blocks that the OS does not resize", huge_resize_fails},
    {"aligned blocks", aligned_blocks},
    {"frees of a known size", sizes_known},
    {"resized bins", resized_bins},
    {"impossible requests", impossible_requests},
    {"the OS has no memory", no_memory},
    {"mappings far away", far_away},
    {"check", check},
    {"misuse", misuse},
    {"adoption", adoption},
    {"claims", claims},
    {"collects", collects},
    {"claims, met at each step", meet_claims},
    {"adoptions, met at each step", meet_adoptions},
    {"giving up, met at each step", meet_giving_up},
    {"sheds", sheds},
};
const unsigned scenario_count = sizeof scenarios / sizeof *scenarios;

static void first_malloc(void) { watched_drop(watched_new(100)); }

static void first_fails(void) {
    failing = FAIL_MAP;
    void *block = watched_new(100);
    failing = FAIL_NOTHING;
    watched_drop(block);
    watched_drop(watched_new(100));
}

static void first_without_hook(void) {
    failing = FAIL_KEY;
    void *block = watched_new(100);
    failing = FAIL_NOTHING;
    watched_drop(block);
}

/* A thread without a heap frees: bins whose owner lives, or has given them up and ended. The first
 * of those that are nobody's makes it have a heap. */
static void first_frees(void) {
    for (unsigned i = 0; i < 6; i++) round_run();
    for (unsigned i = 0; i < 4; i++) watched_remote_drop(bag_take(&gifts));
    donor_ends(70, 32 * KIB);
    for (unsigned i = 0; i < 8; i++) {
        watched_remote_drop(blocks[i]);
        blocks[i] = NULL;
    }
    drop(8, 70);
}

static void first_is_huge(void) { watched_drop(watched_new(3 * MIB)); }

static void first_is_calloc(void) {
    void *block;
    WATCH(block = bitslab_calloc(10, 10));
    watched_drop(block_stamp(block, 100));
}

const struct scenario beginnings[] = {
    {"a thread's first malloc, and the OS has no memory", first_fails},
    {"a thread's first call is free", first_frees},
    {"a thread's first calloc", first_is_calloc},
    {"a thread's first call fails to set its hook", first_without_hook},
    {"a thread's first block is huge", first_is_huge},
    {"a thread's first malloc", first_malloc},
};
const unsigned beginning_count = sizeof beginnings / sizeof *beginnings;
