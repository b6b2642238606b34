/* paths.c -- short programs that together visit every place where the allocator asks the OS.
 *
 * They are the same in every run, so that "OS call 17" is the same call, up to the first refusal.
 * They go on with whatever they have got; careful.h sees to what they may have got.
 */
#include "paths.h"

#include <pthread.h>
#include <stdint.h>

#include "careful.h"
#include "size_class.h"
#include "support/random.h"
#include "support/threads.h"

#define SLOT (64 * KIB)
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* Bins of every class, some in use, some not. */
static void every_class(void) {
    for (unsigned class = 0; class < CLASS_COUNT; class++) {
        careful_malloc(CLASS_BYTES(class));
        careful_free(careful_calloc(CLASS_BYTES(class) - 15));
        careful_calloc(CLASS_BYTES(class));
    }
    for (unsigned i = 0; i < 3; i++) careful_realloc(careful_malloc(0), i * 100);
    careful_free_all(3);
    for (unsigned class = 0; class < CLASS_COUNT; class++)
        careful_realloc(careful_malloc(CLASS_BYTES(class)), CLASS_BYTES(class) * 3 / 2);
    careful_trim();
    for (size_t size = 16; size <= 32 * KIB; size *= 2) careful_aligned(size, size - 1);
    careful_aligned(SLOT, 100);
    careful_aligned(SLOT, 3 * SLOT);
}

/* More superpages than the pool keeps, so that some are purged, and all of them used again. */
static void pool(void) {
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < 11; i++) careful_malloc(31 * SLOT);
        careful_malloc(100);
        careful_free_all(round == 0 ? 5 : 0);
    }
    careful_trim();
    for (unsigned i = 0; i < 3; i++) careful_calloc(6 * SLOT), careful_malloc(22 * SLOT);
}

/* Purged slots of superpages that are in use: runs of them between blocks that stay. */
static void purged_runs(void) {
    for (unsigned i = 0; i < 40; i++) careful_malloc(5 * SLOT);
    for (unsigned i = 0; i < 20; i++) careful_malloc(40 * KIB);
    careful_free_all(4);
    careful_trim();
    for (unsigned i = 0; i < 4; i++) careful_calloc((4 + i) * SLOT), careful_malloc((8 + i) * SLOT);
    for (unsigned i = 0; i < 15; i++) careful_calloc(1000 + i * 2000);
    careful_free_all(2);
    careful_trim();
    for (unsigned i = 0; i < 8; i++) careful_malloc(9 * SLOT);
}

/* Wide blocks in place, moving, and into the slots behind them that were purged. */
static void wide(void) {
    block_t a = careful_malloc(5 * SLOT), b = careful_calloc(8 * SLOT);
    careful_realloc(b, 12 * SLOT);
    careful_realloc(a, 6 * SLOT);
    careful_realloc(b, 5 * SLOT);
    careful_trim();
    careful_realloc(b, 18 * SLOT);
    careful_realloc(b, 31 * SLOT);
    careful_realloc(b, 31 * SLOT + 1);
    careful_realloc(b, 7 * SLOT);
    careful_realloc(b, 100);
    careful_realloc(a, 20 * SLOT);
    careful_realloc(a, 300);
    careful_realloc(a, 30 * SLOT);
    careful_free(a);
    careful_trim();
    careful_realloc(careful_malloc(100), 10 * SLOT);
}

/* Blocks with a mapping of their own, by resize, by move and by copying. */
static void huge(void) {
    block_t a = careful_malloc(3 * MIB), b = careful_calloc(4 * MIB), c = careful_malloc(2 * MIB);
    careful_realloc(a, 5 * MIB);
    careful_realloc(a, 24 * MIB);
    careful_realloc(c, 9 * MIB);
    careful_realloc(b, 2 * MIB);
    careful_realloc(a, 3 * MIB);
    careful_realloc(b, 12 * SLOT);
    careful_realloc(b, 6 * MIB);
    careful_realloc(c, 1000);
    careful_realloc(c, 40 * MIB);
    careful_realloc(a, 100);
}

static void aligned(void) {
    static const size_t aligns[] = {128 * KIB, 2 * MIB, 16 * MIB};
    for (unsigned i = 0; i < COUNT_OF(aligns); i++) {
        block_t a = careful_aligned(aligns[i], 100), b = careful_aligned(aligns[i], 3 * MIB);
        careful_realloc(a, 2 * MIB);
        careful_realloc(b, 4 * MIB);
        careful_free(a);
        careful_realloc(careful_aligned(aligns[i], MIB), 200);
    }
}

/* Freed mappings wait; what waits is used again, or pushed out, or given back when memory is short:
 * a single refusal is no reason for NULL then. */
static void *demand_more(void *size) {
    careful_persist(true);
    careful_calloc(*(size_t *)size);
    careful_persist(false);
    return NULL;
}

static void *trim_as_first_call(void *unused) {
    careful_trim();
    return unused;
}

static void cached(void) {
    static size_t wanted[] = {5 * MIB, 31 * SLOT, 100};
    careful_free(careful_malloc(2 * MIB));
    in_thread(trim_as_first_call, NULL);
    for (unsigned round = 0; round < 2 * COUNT_OF(wanted); round++) {
        /* More than must make room before the OS is asked for the first time. */
        block_t last[3];
        bool all = true;
        for (unsigned i = 0; i < 3; i++) all &= (last[i] = careful_malloc(3 * MIB)) != NOTHING;
        for (unsigned i = 0; i < 7; i++) careful_free(careful_malloc(2 * MIB + i * 700 * KIB));
        for (unsigned i = 0; i < 3; i++) careful_free(last[i]);
        if (!all) continue;
        if (round % 2 == 0) demand_more(&wanted[round / 2]);
        else in_thread(demand_more, &wanted[round / 2]);
    }
    careful_calloc(2 * MIB);
}

/* Half of the blocks stay behind when a thread ends. */
static void *come_and_go(void *item) {
    for (size_t size = 100; size <= 200 * KIB; size = size * 2 + 40) {
        careful_free(careful_malloc(size));
        careful_malloc(size);
    }
    careful_malloc(9 * SLOT);
    careful_free_all((unsigned)(uintptr_t)item);
    return NULL;
}

static void ended_threads(void) {
    careful_malloc(1000);
    for (uintptr_t i = 0; i < 3; i++) in_thread(come_and_go, (void *)(i + 2));
    careful_malloc(1000);
    careful_trim();
    in_thread(come_and_go, (void *)(uintptr_t)5);
}

static void take_many(void *count) {
    for (size_t i = 0; i < *(size_t *)count; i++) careful_malloc(200 + i % 7 * 5000);
}

static void free_most(void *keep) { careful_free_all(*(unsigned *)keep); }
static void trim_there(void *unused) { (void)unused, careful_trim(); }

/* Frees by a thread that has a heap, while the owner lives and looks, sleeps, or ends. */
static void other_threads(void) {
    size_t count = 100;
    unsigned keep = 3, none = 0;
    struct helper a, b;
    helper_start(&a);
    helper_start(&b);
    helper_do(&a, take_many, &count);
    helper_do(&b, take_many, &count);
    careful_free_all(5);
    helper_do(&b, free_most, &keep);
    helper_do(&a, take_many, &count);
    helper_do(&a, trim_there, NULL);
    helper_end(&a);
    helper_do(&b, free_most, &none);
    helper_do(&b, trim_there, NULL);
    take_many(&count);
    helper_end(&b);
}

/* Superpages that nobody owns, since every bin is out; who frees in them has no heap yet. */
static void *free_as_first_call(void *keep) {
    careful_free_all((unsigned)(uintptr_t)keep);
    return NULL;
}

static void frees_without_a_heap(void) {
    for (unsigned i = 0; i < 31; i++) careful_malloc(60 * KIB);
    for (unsigned i = 0; i < 2; i++) careful_malloc(31 * SLOT);
    in_thread(free_as_first_call, (void *)(uintptr_t)4);
    in_thread(free_as_first_call, NULL);
}

/* Calls from a thread whose exit hook has run. */
static pthread_key_t late_key;

static void late(void *round) {
    if ((uintptr_t)round < 3) pthread_setspecific(late_key, (void *)((uintptr_t)round + 1));
    careful_free(careful_malloc(500));
    careful_malloc(40 * KIB);
    careful_malloc(10 * SLOT);
    careful_free_all(3);
}

static void *ends_late(void *unused) {
    pthread_setspecific(late_key, (void *)(uintptr_t)1);
    careful_malloc(100);
    return unused;
}

static void after_the_end(void) {
    pthread_key_create(&late_key, late);
    careful_malloc(100);
    for (unsigned i = 0; i < 2; i++) in_thread(ends_late, NULL);
}

static size_t any_size(uint64_t *random) {
    switch (random_below(random, 10)) {
    case 0: return 1 + random_below(random, 3 * MIB);
    case 1: return 1 + random_below(random, 20 * SLOT);
    case 2:
    case 3: return 1 + random_below(random, 256 * KIB);
    default: return 1 + random_below(random, 2000);
    }
}

static void anything(void) {
    uint64_t random = 42;
    for (unsigned i = 0; i < 120; i++) {
        size_t size = any_size(&random);
        switch (random_below(&random, 8)) {
        case 0: careful_calloc(size); break;
        case 1: careful_aligned((size_t)16 << random_below(&random, 18), size); break;
        case 2: careful_free_all(2 + (unsigned)random_below(&random, 5)); break;
        case 3:
        case 4: careful_realloc(careful_malloc(any_size(&random)), size); break;
        default: careful_malloc(size);
        }
        if (i % 50 == 49) careful_trim();
    }
}

const struct path paths[] = {
    {"classes", every_class},
    {"pool", pool},
    {"runs", purged_runs},
    {"wide", wide},
    {"huge", huge},
    {"aligned", aligned},
    {"cached", cached},
    {"threads", ended_threads},
    {"others", other_threads},
    {"heapless", frees_without_a_heap},
    {"late", after_the_end},
    {"anything", anything},
};
const unsigned path_count = COUNT_OF(paths);
