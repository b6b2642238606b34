/* observe_profile.c -- samples by place of call, and the profile that pprof reads.
 *
 * Stacks    A table of stacks with, for each, the samples taken there and those that live. A stack is
 *           entered once and stays.
 * Samples   A table of sampled blocks that live, by address: where each was allocated.
 * Both      are open addressing over memory that is mapped when sampling begins. A place in them is
 *           claimed by one compare-and-swap. Nobody waits for a stack that is being entered: who finds
 *           it unfinished enters it a second time, and pprof adds equal stacks up. A probe ends after
 *           PROBES places, so that everything is wait-free; what finds no place is counted as lost.
 * Format    heap_v2 of tcmalloc, as text: counts of samples as they are, and the rate, from which pprof
 *           computes what they stand for; then what is mapped where.
 */
#define _GNU_SOURCE
#include "observe.h"

#include "observe_stack.h"
#include "options.h"
#include "os.h"
#include "sampler.h"

#define STACK_COUNT (1u << 14)
#define LIVE_COUNT (1u << 17)
#define PROBES 64
#define GONE ((uintptr_t)1) /* a place whose sample was freed; others may lie behind it */

struct stack_entry {
    _Atomic uintptr_t hash; /* 0: nobody has claimed this place               */
    _Atomic uint32_t depth; /* 0: the frames are not all written              */
    uint32_t unused;
    void *frames[STACK_DEPTH];
    _Atomic size_t taken, taken_bytes, freed, freed_bytes;
};

struct live_entry {
    _Atomic uintptr_t block; /* 0: never used */
    uint32_t stack;
    size_t bytes;
};

static struct stack_entry *stacks;
static _Atomic uint32_t *entered; /* plus 1, in the order of their entry; 0: being entered */
static _Atomic uint32_t entered_count;
static struct live_entry *lives;
static _Atomic size_t lost;

static uintptr_t mix(uintptr_t hash, uintptr_t more) {
    uint64_t mixed = (hash ^ more) * UINT64_C(0x9e3779b97f4a7c15);
    return (uintptr_t)(mixed ^ mixed >> 29);
}

static bool same_stack(struct stack_entry *entry, void *const *frames, uint32_t depth) {
    if (atom_load(&entry->depth, acquire) != depth) return false; /* [PR-1] */
    for (uint32_t i = 0; i < depth; i++)
        if (entry->frames[i] != frames[i]) return false;
    return true;
}

/* Enter a stack, or find it. STACK_COUNT: there is no place. */
static uint32_t find_stack(void *const *frames, uint32_t depth) {
    uintptr_t hash = depth;
    for (uint32_t i = 0; i < depth; i++) hash = mix(hash, (uintptr_t)frames[i]);
    if (hash == 0) hash = 1;
    for (uint32_t probe = 0; probe < PROBES; probe++) {
        uint32_t at = (uint32_t)(hash + probe) % STACK_COUNT;
        struct stack_entry *entry = &stacks[at];
        uintptr_t found = atom_load(&entry->hash, relaxed);
        if (found == 0 && atom_cas(&entry->hash, &found, hash, relaxed, relaxed)) {
            for (uint32_t i = 0; i < depth; i++) entry->frames[i] = frames[i];
            atom_store(&entry->depth, depth, release); /* [PR-1] the frames are written */
            atom_store(&entered[atom_add(&entered_count, 1, relaxed)], at + 1, relaxed);
            return at;
        }
        if (found == hash && same_stack(entry, frames, depth)) return at;
    }
    return STACK_COUNT;
}

static uint32_t place_of(uintptr_t block, uint32_t probe) {
    return (uint32_t)(mix(0, block >> 4) + probe) % LIVE_COUNT;
}

/* Whoever frees the block has got it from us after this, so that the entry need not be published. */
static bool enter_live(uintptr_t block, uint32_t stack, size_t bytes) {
    for (uint32_t probe = 0; probe < PROBES; probe++) {
        struct live_entry *entry = &lives[place_of(block, probe)];
        uintptr_t found = atom_load(&entry->block, relaxed);
        if (found != 0 && found != GONE) continue;
        if (!atom_cas(&entry->block, &found, block, relaxed, relaxed)) continue;
        entry->stack = stack;
        entry->bytes = bytes;
        return true;
    }
    return false;
}

static void taken(void *block, size_t bytes) {
    void *frames[STACK_DEPTH];
    uint32_t depth = stack_here(frames);
    uint32_t at = find_stack(frames, depth);
    if (at == STACK_COUNT || !enter_live((uintptr_t)block, at, bytes)) {
        atom_add(&lost, 1, relaxed);
        return;
    }
    atom_add(&stacks[at].taken, 1, relaxed);
    atom_add(&stacks[at].taken_bytes, bytes, relaxed);
}

static void freed(void *block) {
    for (uint32_t probe = 0; probe < PROBES; probe++) {
        struct live_entry *entry = &lives[place_of((uintptr_t)block, probe)];
        uintptr_t found = atom_load(&entry->block, relaxed);
        if (found == 0) return; /* a large block that was not sampled */
        if (found != (uintptr_t)block) continue;
        struct stack_entry *stack = &stacks[entry->stack];
        atom_add(&stack->freed_bytes, entry->bytes, relaxed);
        atom_add(&stack->freed, 1, relaxed);
        atom_store(&entry->block, GONE, relaxed);
        return;
    }
}

struct totals {
    size_t live, live_bytes, taken, taken_bytes;
};

static struct totals totals_of(struct stack_entry *entry) {
    size_t gone = atom_load(&entry->freed, relaxed);
    size_t gone_bytes = atom_load(&entry->freed_bytes, relaxed);
    struct totals sum = {.taken = atom_load(&entry->taken, relaxed),
                         .taken_bytes = atom_load(&entry->taken_bytes, relaxed)};
    sum.live = gone < sum.taken ? sum.taken - gone : 0;
    sum.live_bytes =
        sum.live == 0 || gone_bytes > sum.taken_bytes ? 0 : sum.taken_bytes - gone_bytes;
    return sum;
}

static void out_totals(struct out *out, const struct totals *sum) {
    out_padded(out, sum->live, 6);
    out_text(out, ": ");
    out_padded(out, sum->live_bytes, 8);
    out_text(out, " [");
    out_padded(out, sum->taken, 6);
    out_text(out, ": ");
    out_padded(out, sum->taken_bytes, 8);
    out_text(out, "] @");
}

static void out_stack(struct out *out, struct stack_entry *entry) {
    uint32_t depth = atom_load(&entry->depth, acquire); /* [PR-1] */
    struct totals sum = totals_of(entry);
    if (depth == 0 || sum.taken == 0) return;
    out_totals(out, &sum);
    for (uint32_t i = 0; i < depth; i++) {
        out_text(out, " 0x");
        out_hex(out, (uintptr_t)entry->frames[i]);
    }
    out_char(out, '\n');
}

/* The stack entered as the i-th, or the next one that is entered wholly. NULL: there are no more. */
static struct stack_entry *next_entered(uint32_t *i) {
    while (*i < atom_load(&entered_count, relaxed)) {
        uint32_t at = atom_load(&entered[(*i)++], relaxed);
        if (at != 0) return &stacks[at - 1];
    }
    return NULL;
}

void profile_write(struct out *out) {
    struct totals all = {0};
    struct stack_entry *entry;
    if (!sampling()) return;
    for (uint32_t i = 0; (entry = next_entered(&i)) != NULL;) {
        struct totals more = totals_of(entry);
        all.live += more.live;
        all.live_bytes += more.live_bytes;
        all.taken += more.taken;
        all.taken_bytes += more.taken_bytes;
    }
    out_text(out, "heap profile: ");
    out_totals(out, &all);
    out_text(out, " heap_v2/");
    out_number(out, atom_load(&the_sampler, acquire)->rate); /* [SA-1] */
    out_char(out, '\n');
    for (uint32_t i = 0; (entry = next_entered(&i)) != NULL;) out_stack(out, entry);
    out_text(out, "\nMAPPED_LIBRARIES:\n");
    observe_mapped(out);
}

const char *profile_start(void) {
    static struct sampler ours = {.taken = taken, .freed = freed};
    size_t stack_bytes = STACK_COUNT * (sizeof *stacks + sizeof *entered);
    size_t bytes = round_up(stack_bytes + LIVE_COUNT * sizeof *lives, SLAB_BYTES);
    if (BITSLAB_CHECKED || BITSLAB_HARDENED) return "a checked build cannot do that";
    if (sampling()) return NULL;
    if (!stack_prepare()) return "the program has nothing to walk its stack with";
    char *memory = (char *)os_map(bytes, SLAB_BYTES);
    if (memory == NULL) return "there is no memory for its tables";
    stacks = (struct stack_entry *)memory;
    entered = (_Atomic uint32_t *)(memory + STACK_COUNT * sizeof *stacks);
    lives = (struct live_entry *)(memory + stack_bytes);
    ours.rate = option(OPTION_PROFILE_RATE);
    sampler_start(&ours);
    return NULL;
}

void bitslab_heap_profile(bitslab_write *write, void *argument) {
    struct out out = {.write = write, .argument = argument};
    profile_write(&out);
    out_flush(&out);
}
