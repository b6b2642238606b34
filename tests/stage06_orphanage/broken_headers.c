/* broken_headers.c -- the walk over the heap sees each kind of damage.
 *
 * Each test breaks one thing in the headers of a whole heap, as a bug of ours or a wild write would,
 * and the walk (check.h) must end in a message that names the invariant. So these tests know the
 * headers: they include them.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "bitslab.h"
#include "heap.h"
#include "support/ending.h"
#include "support/flavour.h"
#include "support/threads.h"

/* What there is to break: a small block, its slab, superpage and heap. */
static char *block;
static struct slab *slab;
static struct superpage *superpage;
static struct heap *heap;

static void look_at(void *live) {
    block = live;
    slab = slab_of((uintptr_t)block);
    superpage = superpage_of((uintptr_t)block);
    heap = atom_load(&superpage->owner, relaxed);
}

/* A header in a live block, on the list of slabs with free bins. */
static struct slab *forge(void *at) {
    struct slab *forged = at;
    memset(at, 0, sizeof *forged);
    list_push_back(&heap->caches[slab->class].slabs, &forged->link);
    return forged;
}

static void bends_the_distance(void) { slab->distance = 1; }
static void takes_the_slots_away(void) { slab->slots = 0; }
static void adds_slots(void) { slab->slots = 200; }
static void tears_the_list_before(void) { superpage->link.prev = &superpage->link; }
static void tears_the_list_behind(void) { heap->superpages.prev = &heap->open; }
static void lists_what_is_not_ours(void) {
    static _Alignas(64) struct slab in_data;
    forge(&in_data);
}
static void lists_what_is_no_slab(void) { forge(block); }
static void lists_what_nobody_owns(void) {
    void *huge = bitslab_malloc((size_t)4 << 20);
    forge((void *)(((uintptr_t)huge + 63) & ~(uintptr_t)63))->kind = SLAB_BINS;
}
static void lists_another_class(void) {
    struct slab *forged = forge(block);
    forged->kind = SLAB_BINS;
    forged->class = (uint8_t)(slab->class + 1);
}

struct damage {
    void (*work)(void);
    const char *message;
};

static void check_damaged(void *damage) {
    look_at(bitslab_aligned_alloc(64, 2048));
    ((struct damage *)damage)->work();
    bitslab_check();
}

static void expect(void (*commit)(void *), void *item, const char *function, const char *message) {
    struct ending ending = ending_of(commit, item);
    cr_assert(aborted(&ending), "went on with a broken heap (%s)", message);
    cr_assert_not_null(strstr(ending.text, function), "%s", ending.text);
    cr_assert_not_null(strstr(ending.text, message), "%s", ending.text);
}

#define SEES(name, message)                                                        \
    Test(stage06_orphanage, the_check_sees_who_##name) {                           \
        expect(check_damaged, &(struct damage){name, message}, "check(", message); \
    }

SEES(bends_the_distance, "I4: the headers of a slab differ")
SEES(takes_the_slots_away, "I4: a slab without slots")
SEES(adds_slots, "I4: a slab without slots")
SEES(tears_the_list_before, "a list is torn")
SEES(tears_the_list_behind, "a list is torn")
SEES(lists_what_is_not_ours, "I3: no slab is on a cache's list")
SEES(lists_what_is_no_slab, "I3: no slab is on a cache's list")
SEES(lists_what_nobody_owns, "I3: on the list of another heap or class")
SEES(lists_another_class, "I3: on the list of another heap or class")

/* Slabs of several slots have a header in each. A hardened build has no such bins. */
static struct slab *second_header(void) {
    look_at(bitslab_malloc(100000));
    return superpage_slab(superpage, slab_slot(slab_head(slab)) + 1);
}

static void check_kinds(void *unused) {
    (void)unused;
    second_header()->kind = SLAB_WIDE;
    bitslab_check();
}

static void check_classes(void *unused) {
    (void)unused;
    second_header()->class++;
    bitslab_check();
}

Test(stage06_orphanage, the_check_sees_headers_that_differ) {
    if (HARDENED) return;
    expect(check_kinds, NULL, "check(", "I4: the headers of a slab differ");
    expect(check_classes, NULL, "check(", "I4: the headers of a slab differ");
}

/* An orphan of a thread that ended. */
static void *leave_a_block(void *unused) {
    (void)unused;
    look_at(bitslab_malloc(100));
    return NULL;
}

static void survey_orphan_that_is_hidden(void *unused) {
    struct bitslab_survey now;
    (void)unused;
    in_thread(leave_a_block, NULL);
    atom_store(&superpage->on_orphanage, 0, relaxed);
    bitslab_survey(&now);
}

static void survey_orphans_in_a_ring(void *unused) {
    struct bitslab_survey now;
    (void)unused;
    in_thread(leave_a_block, NULL);
    atom_store(&superpage->next_orphan, (uint32_t)(superpage_base((uintptr_t)superpage) >> 16),
               relaxed);
    bitslab_survey(&now);
}

/* One in the pool that says that it is an orphan. */
static void *leave_nothing(void *unused) {
    (void)unused;
    look_at(bitslab_malloc(100));
    bitslab_free(block);
    return NULL;
}

static void survey_pool_with_an_orphan(void *unused) {
    struct bitslab_survey now;
    (void)unused;
    in_thread(leave_nothing, NULL);
    atom_store(&superpage->owner, OWNER_NOBODY, relaxed);
    atom_store(&superpage->on_orphanage, 1, relaxed);
    bitslab_survey(&now);
}

Test(stage06_orphanage, the_survey_sees_orphans_and_pools_that_are_broken) {
    expect(survey_orphan_that_is_hidden, NULL, "survey(", "I8: has room and no owner");
    expect(survey_orphans_in_a_ring, NULL, "survey(", "I8: wrongly in the orphanage");
    expect(survey_pool_with_an_orphan, NULL, "survey(", "I8: wrongly in the pool");
}
