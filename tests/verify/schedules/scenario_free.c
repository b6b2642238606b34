/* scenario_free.c -- threads free bins while the owner collects and uses them again. */
#include <string.h>

#include "bitslab.h"
#include "remote_free.h"
#include "scenarios.h"
#include "thread.h"

#define BLOCKS 1200
static char *blocks[BLOCKS];

static void allocate(unsigned count, size_t bytes) {
    for (unsigned i = 0; i < count; i++) blocks[i] = bitslab_malloc(bytes);
}

/* One slab of 64 bins, all of them out. */
static void owner_has_a_slab(void) { allocate(64, 1024); }
static void owner_has_two_words(void) { allocate(128, 512); }
static void owner_has_17_slabs(void) { allocate(17 * 64, 1024); }
static void has_a_heap(void) { thread_heap(); }

static void prepare_slab(void) { as_thread(0, owner_has_a_slab); }
static void prepare_words(void) { as_thread(0, owner_has_two_words); }

static void prepare_heaps(void) {
    as_thread(0, owner_has_a_slab);
    as_thread(1, has_a_heap);
    as_thread(2, has_a_heap);
}

static void prepare_three_heaps(void) {
    prepare_heaps();
    as_thread(3, has_a_heap);
}

static void prepare_slabs(void) {
    as_thread(0, owner_has_17_slabs);
    as_thread(1, has_a_heap);
}

static struct slab *slab_at(const char *block) { return slab_head(slab_of((uintptr_t)block)); }

/* Use the block until the end, then free it, as a thread whose exit hook has run: such a one gets no
 * heap, and holds nothing back. */
static void free_block(unsigned number) {
    memset(blocks[number], (int)number, 8);
#if STAGE >= 6
    this_thread.ended = true;
#endif
    bitslab_free(blocks[number]);
}

static void free_0(void) { free_block(0); }
static void free_1(void) { free_block(1); }
static void free_2(void) { free_block(2); }
static void free_in_second_word(void) { free_block(70); }

/* Collect, and use what came back, as the next malloc would. */
static void collect(void) {
    struct slab *slab = slab_at(blocks[0]);
    superpage_collect(this_thread.heap, superpage_of((uintptr_t)slab));
    for (unsigned i = 0; i < 128; i++) {
        bool is_free = free_map(slab)[i / WORD_BINS] >> i % WORD_BINS & 1;
        if (is_free) memset((char *)slab_start(slab) + i * slab->bin_bytes, 0, 8);
    }
}

static void collect_once(void) { collect(); }

static void collect_twice(void) {
    collect();
    collect();
}

/* A free that was finished is announced, collected, or used again. An owner that stopped with the
 * notice in its hand takes along what was announced. */
static void found(unsigned freer, unsigned number) {
    const char *block = blocks[number];
    if (!ended(freer) || !ended(0)) return;
    announced(block);
    must(where_is(block) != LIVE, "I1: block %u was freed and is nowhere", number);
}

/* The owner collects once more, and allocates what came back: no two blocks are the same. */
static void use_all(void) {
    char *mine[8];
    collect();
    for (unsigned i = 0; i < 8; i++) {
        mine[i] = bitslab_malloc(slab_at(blocks[0])->bin_bytes);
        for (unsigned j = 0; j < i; j++) must(mine[i] != mine[j], "I1: a bin is handed out twice");
        for (unsigned j = 6; j < 64; j++)
            must(mine[i] != blocks[j], "I1: a live bin is handed out");
    }
}

static void finish(void) {
    if (!ended(0)) return;
    whole();
    as_thread(0, use_all);
    whole();
}

static void check_direct(void) {
    found(1, 0);
    found(2, slab_at(blocks[0])->words == 2 ? 70 : 1);
    if (run.scenario->threads > 3) found(3, 2);
    finish();
}

const struct scenario two_freers = {
    .name = "two_freers",
    .what = "two threads free bins of one word while the owner collects twice and uses them",
    .threads = 3,
    .preemptions = UNBOUNDED,
    .stale_reads = UNBOUNDED,
    .freezes = 1,
    .prepare = prepare_slab,
    .role = {"owner", "freer", "freer"},
    .work = {collect_twice, free_0, free_1},
    .check = check_direct,
};

const struct scenario three_freers = {
    .name = "three_freers",
    .what = "three threads free bins of one word while the owner collects twice",
    .threads = 4,
    .preemptions = UNBOUNDED,
    .stale_reads = 1,
    .freezes = 1,
    .prepare = prepare_slab,
    .role = {"owner", "freer", "freer", "freer"},
    .work = {collect_twice, free_0, free_1, free_2},
    .check = check_direct,
};

const struct scenario two_words = {
    .name = "two_words",
    .what = "the same with bins of two words of one slab",
    .threads = 3,
    .preemptions = UNBOUNDED,
    .stale_reads = 2,
    .freezes = 1,
    .prepare = prepare_words,
    .role = {"owner", "freer", "freer"},
    .work = {collect_once, free_0, free_in_second_word},
    .check = check_direct,
};

const struct scenario three_words = {
    .name = "three_words",
    .what = "three threads free bins of two words while the owner collects once",
    .threads = 4,
    .preemptions = UNBOUNDED,
    .stale_reads = 1,
    .freezes = 1,
    .prepare = prepare_words,
    .role = {"owner", "freer", "freer", "freer"},
    .work = {collect_once, free_0, free_in_second_word, free_2},
    .check = check_direct,
};

/* Through the write-combining table: held back, then told. */
static void give_back(unsigned number) {
    memset(blocks[number], (int)number, 8);
    struct slab *slab = slab_at(blocks[number]);
    remote_free(this_thread.heap, slab, slab_bin_index(slab, slab_offset(slab, blocks[number])));
}

static void free_three_combined(void) {
    for (unsigned i = 0; i < 3; i++) give_back(i);
    remote_flush(this_thread.heap);
}

static void free_two_combined(void) {
    for (unsigned i = 3; i < 5; i++) give_back(i);
    remote_flush(this_thread.heap);
}

static void free_one_combined(void) {
    give_back(5);
    remote_flush(this_thread.heap);
}

static void check_combined(void) {
    for (unsigned i = 0; i < 3; i++) found(1, i);
    for (unsigned i = 3; i < 5; i++) found(2, i);
    if (run.scenario->threads > 3) found(3, 5);
    finish();
}

const struct scenario combining = {
    .name = "combining",
    .what = "two threads free several bins of one word through their write-combining tables",
    .threads = 3,
    .preemptions = UNBOUNDED,
    .stale_reads = 2,
    .freezes = 1,
    .prepare = prepare_heaps,
    .role = {"owner", "freer", "freer"},
    .work = {collect_twice, free_three_combined, free_two_combined},
    .check = check_combined,
};

const struct scenario three_combining = {
    .name = "three_combining",
    .what = "the same with a third freer, a bound on preemptions, and one who may stop",
    .threads = 4,
    .preemptions = 2,
    .stale_reads = 1,
    .freezes = 1,
    .prepare = prepare_three_heaps,
    .role = {"owner", "freer", "freer", "freer"},
    .work = {collect_twice, free_three_combined, free_two_combined, free_one_combined},
    .check = check_combined,
};

/* Slabs 16 slots apart meet in one entry of the table. */
static void free_evicting(void) {
    give_back(0);
    give_back(16 * 64);
    give_back(1);
    remote_flush(this_thread.heap);
}

static void check_evicted(void) {
    found(1, 0);
    found(1, 1);
    found(1, 16 * 64);
    finish();
}

const struct scenario evicting = {
    .name = "evicting",
    .what = "bins of two slabs push each other out of the write-combining table",
    .threads = 2,
    .preemptions = UNBOUNDED,
    .stale_reads = 2,
    .freezes = 1,
    .prepare = prepare_slabs,
    .role = {"owner", "freer"},
    .work = {collect_twice, free_evicting},
    .check = check_evicted,
};

/* A block of whole slots: the owner takes it back, and writes where the freer wrote. */
static void owner_has_a_wide_block(void) { allocate(1, 5 * SLAB_BYTES); }
static void prepare_wide(void) { as_thread(0, owner_has_a_wide_block); }

static void collect_wide_block(void) {
    struct slab *slab = slab_of((uintptr_t)blocks[0]);
    superpage_collect(this_thread.heap, superpage_of((uintptr_t)slab));
    if (slab->kind == SLAB_FREE) memset(blocks[0], 0, 8);
}

/* A notice from the slot's earlier life, when it was a slab: its freer was slow, and says it now. */
static void tell_late(void) {
    struct slab *slab = slab_of((uintptr_t)blocks[0]);
    struct superpage *superpage = superpage_of((uintptr_t)slab);
    atom_or(&superpage->notice, slot_bit(slab_slot(slab)), seq_cst);
}

static void check_wide(void) {
    if (!ended(0) || !ended(1)) return;
    as_thread(0, collect_wide_block);
    must(slab_of((uintptr_t)blocks[0])->kind == SLAB_FREE,
         "the wide block was freed and is nowhere");
    whole();
}

const struct scenario wide_block = {
    .name = "wide_block",
    .what = "a thread frees a block of several slots while the owner collects them; a late notice",
    .threads = 3,
    .preemptions = UNBOUNDED,
    .stale_reads = UNBOUNDED,
    .freezes = 1,
    .prepare = prepare_wide,
    .role = {"owner", "freer", "late"},
    .work = {collect_wide_block, free_0, tell_late},
    .check = check_wide,
};
