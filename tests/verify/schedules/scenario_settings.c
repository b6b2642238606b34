/* scenario_settings.c -- what is set or entered while others use it: the limit, texts, two chains. */
#include "bitslab.h"
#include "limit.h"
#include "options.h"
#include "scenarios.h"
#include "stats.h"
#include "thread.h"

/* Two threads map, and either part alone keeps within the limit that a third one sets. */
#define PART ((size_t)60)
#define LIMIT ((size_t)100)
static size_t before;
static bool mapped[2], limited;

static void prepare_limit(void) { before = atom_load(&stats.mapped_bytes, relaxed); }
static void map_first(void) { mapped[0] = stats_mapped(PART); }
static void map_second(void) { mapped[1] = stats_mapped(PART); }
static void set_limit(void) { limited = limit_set(before + LIMIT); }

static void check_limit(void) {
    size_t now = atom_load(&stats.mapped_bytes, relaxed);
    size_t limit = atom_load(&stats.limit, relaxed);
    for (unsigned i = 0; i < run.scenario->threads; i++)
        if (!ended(i)) return;
    must(now == before + PART * (mapped[0] + mapped[1]), "%zu bytes are counted", now - before);
    must(limit == (limited ? before + LIMIT : SIZE_MAX), "the limit is neither old nor new");
    must(now <= limit, "%zu bytes are mapped, and the limit is %zu", now - before, LIMIT);
}

const struct scenario limit_lowered = {
    .name = "limit_lowered",
    .what = "two threads map memory while a third one sets a limit for one of them",
    .threads = 3,
    .preemptions = UNBOUNDED,
    .stale_reads = 2,
    .freezes = 1,
    .counts = true,
    .prepare = prepare_limit,
    .role = {"mapper", "mapper", "limiter"},
    .work = {map_first, map_second, set_limit},
    .check = check_limit,
};

static void nothing(void) {}

static void set_text(void) { bitslab_option_set("picture", "/a"); }

static void read_text(void) {
    const char *text = option_text(OPTION_PICTURE);
    must(text == NULL || text[0] == '/', "a text is seen before its letters");
}

const struct scenario text_set = {
    .name = "text_set",
    .what = "a thread sets an option's text while another one reads it",
    .threads = 2,
    .preemptions = UNBOUNDED,
    .stale_reads = UNBOUNDED,
    .freezes = 1,
    .prepare = nothing,
    .role = {"setter", "reader"},
    .work = {set_text, read_text},
    .check = nothing,
};

/* Whoever looks at a heap while it runs (observe.h) goes through all superpages and heaps. */
static void enter_both(void) { bitslab_malloc(1000); }

static void walk(void) {
    unsigned count = 0;
    struct superpage *superpage = superpage_newest();
    for (; superpage != NULL; superpage = superpage->made_before) count++;
    for (struct heap *heap = heap_newest(); heap != NULL; heap = heap->made_before) count++;
    must(count <= 2, "%u members of the chains", count);
}

const struct scenario chains = {
    .name = "chains",
    .what = "a thread's first call makes a heap and a superpage while another one walks over all",
    .threads = 2,
    .preemptions = 3,
    .stale_reads = 2,
    .freezes = 1,
    .prepare = nothing,
    .role = {"maker", "walker"},
    .work = {enter_both, walk},
    .check = nothing,
};
