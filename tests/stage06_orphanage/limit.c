/* limit.c -- the memory limit, what is tried before malloc gives up, and who is told. */
#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "bitslab.h"
#include "support/flavour.h"
#include "support/threads.h"

#define MIB ((size_t)1 << 20)

static size_t mapped(void) {
    struct bitslab_stats now;
    bitslab_stats(&now);
    return now.mapped_bytes;
}

/* Blocks that are linked, until malloc gives none. */
static unsigned take_all(size_t size, void **first) {
    unsigned count = 0;
    for (void **block; (block = bitslab_malloc(size)) != NULL; *first = block, count++)
        *block = *first;
    return count;
}

static void give_all(void **first) {
    while (*first != NULL) {
        void *next = **(void ***)first;
        bitslab_free(*first);
        *first = next;
    }
}

/* What a block takes, its canary or red zone and its guards included. */
static size_t taken(size_t size) {
    size_t guards = size > GUARDED_ABOVE_BYTES ? GUARDS_BYTES : 0;
    return (size + SPARE_BYTES + 15) / 16 * 16 + guards;
}

static void limited(size_t size) {
    void *first = NULL;
    size_t limit = mapped() + 20 * MIB;
    cr_assert_eq(bitslab_set_limit(limit), 0);
    errno = 0;
    unsigned count = take_all(size, &first);
    cr_assert_eq(errno, ENOMEM);
    cr_assert_leq(mapped(), limit, "%zu mapped, %zu allowed (limit.c)", mapped(), limit);
    cr_assert_geq((count + 1) * taken(size), 12 * MIB, "only %u blocks of %zu bytes in 20 MiB",
                  count, size);
    give_all(&first);
    bitslab_set_limit(0);
}

Test(stage06_orphanage, beyond_the_limit_malloc_gives_null) {
    static const size_t sizes[] = {16, 64, 1000, 30000, 100000, 300000, 3 * MIB};
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) limited(sizes[i]);
    void *block = bitslab_malloc(64 * MIB);
    cr_assert_not_null(block, "without a limit there is memory");
    bitslab_free(block);
}

Test(stage06_orphanage, a_limit_below_what_is_in_use_is_refused) {
    void *block = bitslab_malloc(8 * MIB);
    cr_assert_eq(bitslab_set_limit(4 * MIB), EINVAL);
    cr_assert_eq(bitslab_set_limit(1), EINVAL);
    cr_assert_eq(bitslab_set_limit(SIZE_MAX), EINVAL, "absurd");
    void *another = bitslab_malloc(8 * MIB);
    cr_assert_not_null(another, "no limit was set by the calls that failed");
    bitslab_free(another);
    bitslab_free(block);
}

Test(stage06_orphanage, the_limit_is_met_by_giving_back_what_is_cached) {
    bitslab_free(bitslab_malloc(10 * MIB)); /* waits in the cache of huge blocks */
    cr_assert_eq(bitslab_set_limit(mapped() + MIB), 0);
    void *block = bitslab_malloc(6 * MIB);
    cr_assert_not_null(block);
    bitslab_free(block);
}

/* All bins of one size are free, but in the caches of this thread; another size needs their memory. */
Test(stage06_orphanage, the_limit_is_met_by_giving_back_what_this_thread_keeps) {
    if (HARDENED)
        return; /* the larger blocks have mappings of their own, and superpages stay mapped */
    void *first = NULL;
    size_t limit = mapped() + 7 * MIB; /* three superpages */
    cr_assert_eq(bitslab_set_limit(limit), 0);
    take_all(5000, &first);
    give_all(&first);
    unsigned count = take_all(200000, &first);
    cr_assert_geq(count, 20, "only %u blocks of 200000 bytes in the memory of those that are free",
                  count);
    give_all(&first);
}

Test(stage06_orphanage, a_huge_block_grows_up_to_the_limit) {
    if (BLOCKS_MOVE) return; /* it would be copied, and both must fit */
    char *block = bitslab_malloc(4 * MIB);
    memset(block, 7, 4 * MIB);
    cr_assert_eq(bitslab_set_limit(mapped() + 6 * MIB), 0);
    block = bitslab_realloc(block, 9 * MIB);
    cr_assert_not_null(block);
    cr_assert_eq(block[4 * MIB - 1], 7);
    size_t before = mapped();
    cr_assert_null(bitslab_realloc(block, 12 * MIB));
    cr_assert_eq(mapped(), before, "a refused realloc counts nothing");
    block = bitslab_realloc(block, 3 * MIB);
    cr_assert_not_null(block);
    cr_assert_leq(mapped(), before - 5 * MIB);
    bitslab_free(block);
}

static size_t common_limit;
static _Atomic size_t beyond;

static void *take_and_give(void *argument) {
    unsigned seed = (unsigned)(uintptr_t)argument + 1;
    for (unsigned round = 0; round < FEWER(40); round++) {
        void *first = NULL;
        seed = seed * 1103515245 + 12345;
        take_all((size_t)1 << (6 + seed / 65536 % 16), &first);
        if (mapped() > common_limit) beyond = mapped();
        give_all(&first);
    }
    return NULL;
}

Test(stage06_orphanage, threads_together_never_exceed_the_limit, .timeout = 60) {
    common_limit = mapped() + 40 * MIB;
    cr_assert_eq(bitslab_set_limit(common_limit), 0);
    pthread_t threads[4];
    for (uintptr_t i = 0; i < 4; i++) pthread_create(&threads[i], NULL, take_and_give, (void *)i);
    for (unsigned i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    struct bitslab_stats now;
    bitslab_stats(&now);
    cr_assert_eq(beyond, 0, "%zu mapped, %zu allowed (limit.h, LM-1)", beyond, common_limit);
    cr_assert_leq(now.mapped_peak_bytes, common_limit);
}

static void *reserve;
static unsigned calls;

static int release_the_reserve(size_t size) {
    calls++;
    cr_assert_eq(size, 3 * MIB);
    bitslab_free(reserve);
    return reserve != NULL ? reserve = NULL, 1 : 0;
}

Test(stage06_orphanage, who_asked_is_told_when_memory_runs_out) {
    reserve = bitslab_malloc(4 * MIB);
    bitslab_set_limit(mapped() + MIB);
    cr_assert_null(bitslab_on_out_of_memory(release_the_reserve));
    void *block = bitslab_malloc(3 * MIB);
    cr_assert_not_null(block, "what was freed in the callback suffices");
    cr_assert_null(bitslab_malloc(3 * MIB), "the callback had nothing left");
    cr_assert_eq(calls, 2);
    cr_assert_eq(bitslab_on_out_of_memory(NULL), release_the_reserve);
    bitslab_free(block);
}

static void says_what(const char *message) {
    if (strncmp(message, "bitslab: free(", 14) == 0 && strchr(message, '\n') != NULL) _exit(42);
}

Test(stage06_orphanage, who_asked_is_told_of_an_error, .exit_code = 42) {
    bitslab_on_error(says_what);
    bitslab_free((char *)bitslab_malloc(100) + 8);
}
