/* chains.c -- a block that goes from thread to thread. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "bitslab.h"
#include "support/pattern.h"
#include "support/threads.h"

#define LINKS 24
#define ROUNDS FEWER(20)
#define SEED 31

/* What the threads of a chain pass on. */
struct parcel {
    unsigned char *block;
    size_t size;     /* bytes whose content is known     */
    size_t new_size; /* 0: the thread does not resize it */
    bool bad;
};

static void fill(struct parcel *parcel) { pattern_fill(parcel->block, parcel->size, SEED); }

static bool intact(const struct parcel *parcel) {
    return pattern_ok(parcel->block, parcel->size, SEED);
}

/* Each link runs the next one, so all of them are alive when the last one frees the block. */
struct link {
    struct parcel *parcel;
    const size_t *sizes; /* NULL: the block keeps its size */
    unsigned left;
};

static void resize(struct parcel *parcel, size_t size) {
    size_t kept = size < parcel->size ? size : parcel->size;
    unsigned char *moved = bitslab_realloc(parcel->block, size);
    if (moved == NULL) {
        parcel->bad = true;
        return;
    }
    parcel->block = moved;
    parcel->size = kept;
    parcel->bad |= !intact(parcel);
    parcel->size = size;
    fill(parcel);
}

static void *pass_on(void *item) {
    struct link *link = item;
    struct link next = {link->parcel, link->sizes, link->left - 1};
    bitslab_free(bitslab_malloc(100)); /* every link has a heap */
    link->parcel->bad |= !intact(link->parcel);
    if (link->sizes != NULL) resize(link->parcel, link->sizes[link->left - 1]);
    if (next.left > 0) in_thread(pass_on, &next);
    else bitslab_free(link->parcel->block);
    return NULL;
}

static void run_chain(size_t size, const size_t *sizes, unsigned links) {
    struct parcel parcel = {.block = bitslab_malloc(size), .size = size};
    struct link first = {&parcel, sizes, links};
    cr_assert_not_null(parcel.block);
    fill(&parcel);
    in_thread(pass_on, &first);
    cr_assert(!parcel.bad, "the content of %zu bytes was lost along the chain", size);
}

Test(stage05_remote_free, a_block_passed_along_a_chain_of_threads_is_freed_at_its_end) {
    static const size_t sizes[] = {16, 64, 1000, 32 << 10, 300 << 10, 3 << 20};
    for (unsigned round = 0; round < ROUNDS; round++)
        for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
            run_chain(sizes[i], NULL, LINKS);
}

Test(stage05_remote_free, a_block_resized_along_a_chain_keeps_its_content) {
    static const size_t sizes[] = {1,       16,      17,      64,        65,        1000,
                                   1024,    1025,    40000,   300 << 10, 350 << 10, 280 << 10,
                                   2 << 20, 5 << 20, 3 << 20, 700 << 10, 100000,    20000,
                                   32768,   32769,   500,     100,       30,        8};
    for (unsigned round = 0; round < ROUNDS; round++)
        run_chain(100, sizes, sizeof sizes / sizeof sizes[0]);
}

Test(stage05_remote_free, a_block_grown_byte_by_byte_along_a_chain_keeps_its_content) {
    static size_t sizes[LINKS];
    for (unsigned base = 1; base < FEWER(4000); base += LINKS) {
        for (unsigned i = 0; i < LINKS; i++) sizes[LINKS - 1 - i] = base + i;
        run_chain(base, sizes, LINKS);
    }
}

static void resize_it(void *item) {
    struct parcel *parcel = item;
    resize(parcel, parcel->new_size);
}

Test(stage05_remote_free, a_strangers_realloc_gives_the_old_block_back) {
    static const struct {
        size_t from, to;
    } steps[] = {{16, 5000},       {5000, 16},     {300 << 10, 400 << 10}, {400 << 10, 300 << 10},
                 {300 << 10, 100}, {5 << 20, 100}, {100, 5 << 20},         {5 << 20, 9 << 20}};
    struct helper stranger;
    helper_start(&stranger);
    for (unsigned i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct bitslab_stats stats;
        for (unsigned round = 0; round < FEWER(500); round++) {
            struct parcel parcel = {.block = bitslab_malloc(steps[i].from),
                                    .new_size = steps[i].to};
            helper_do(&stranger, resize_it, &parcel);
            cr_assert(!parcel.bad);
            bitslab_free(parcel.block);
        }
        bitslab_stats(&stats);
        cr_assert_leq(stats.mapped_bytes, (size_t)64 << 20, "%zu to %zu bytes: %zu bytes mapped",
                      steps[i].from, steps[i].to, stats.mapped_bytes);
    }
    helper_end(&stranger);
}
