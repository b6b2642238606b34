/* remote_free.c -- the race stepper: an owner and two freers of stage 5, step by step.
 *
 * Stages: 5
 * Flags: -include race.h
 *
 * A module has one stack, so a thread cannot stop in the middle of a function and let another one run.
 * Instead it begins anew for each of its steps: on the memory that it began with, and with the answers
 * that its earlier operations got, up to the next one. There it is thrown out. That is exact, since these
 * threads share nothing but the words that are watched: all else that one of them writes is its own.
 */
#include "calls.h"

#include "remote_free.h"
#include "thread.h"

#define LOOKS 2 /* times that the owner collects */
#define STEPS_MAX 64

static struct racer {
    uint64_t answers[STEPS_MAX]; /* what its operations on watched words returned      */
    uint32_t steps;
    const struct race_place *next; /* where it waits                                     */
    bool waits_for_word;           /* there it is a word of the map, not the notice      */
    bool done;
    void *block; /* what it frees; the owner has none                  */
} racers[FIGURE_THREADS];

static struct superpage *superpage;
static struct slab *slab;
static struct thread owner;
static uint64_t words[SLAB_WORDS_MAX]; /* the remote map and ...                */
static uint64_t notice_word;           /* ... the notice, as they are by now   */

static bool racing;
static bool may_step; /* one operation beyond those that it has done */
static struct racer *running;
static uint32_t replayed;

/* What the threads began with. */
static char superpage_then[SLAB_BYTES];
static char heap_then[SLAB_BYTES];

#ifdef __wasm__
__attribute__((import_module("figure"), import_name("leave"))) _Noreturn void leave(void);
#define MAY_LEAVE true
#else
#include <setjmp.h>
static jmp_buf back;
static _Noreturn void leave(void) { longjmp(back, 1); }
#define MAY_LEAVE (setjmp(back) == 0)
#endif

static uint64_t *word_of(const volatile void *at) {
    if (at == &superpage->notice) return &notice_word;
    return &words[(const volatile uint64_t *)at - (const volatile uint64_t *)remote_map(slab)];
}

bool race_watches(const volatile void *at) {
    if (!racing) return false;
    uintptr_t from = (uintptr_t)remote_map(slab);
    return at == &superpage->notice ||
           ((uintptr_t)at >= from && (uintptr_t)at < from + slab->words * sizeof *words);
}

static _Noreturn void wait_at(const volatile void *at, const struct race_place *place) {
    running->next = place;
    running->waits_for_word = at != &superpage->notice;
    racing = false;
    leave();
}

uint64_t race_step(const volatile void *at, uint64_t operand, const struct race_place *place) {
    if (replayed < running->steps) return running->answers[replayed++];
    if (!may_step || running->steps == STEPS_MAX) wait_at(at, place);
    may_step = false;
    uint64_t *word = word_of(at);
    uint64_t old = *word;
    if (place->kind == RACE_or) *word |= operand;
    else if (place->kind != RACE_load) *word = operand;
    running->answers[running->steps++] = old;
    replayed++;
    return old;
}

static void act(void) {
    if (running->block != NULL) bitslab_free(running->block);
    else
        for (int i = 0; i < LOOKS; i++) superpage_collect(owner.heap, superpage);
}

/** Thread 1 or 2 is to free the block that lies there. */
EXPORT uint32_t freer(uint32_t thread, uint32_t at) {
    racers[thread].block = at_place(at);
    return slab_bin_index(slab_of((uintptr_t)at_place(at)),
                          slab_offset(slab_of((uintptr_t)at_place(at)), at_place(at)));
}

/** From here on all threads wait for their turns. Again: from the beginning. */
EXPORT uint32_t begin(uint32_t again, uint32_t unused) {
    (void)unused;
    if (!again) {
        slab = slab_of((uintptr_t)racers[1].block);
        superpage = superpage_of((uintptr_t)slab);
        owner = this_thread;
        __builtin_memcpy(superpage_then, superpage, sizeof superpage_then);
        __builtin_memcpy(heap_then, owner.heap, heap_bytes());
    }
    for (unsigned i = 0; i < FIGURE_THREADS; i++) racers[i] = (struct racer){.block = racers[i].block};
    __builtin_memset(words, 0, sizeof words);
    notice_word = 0;
    return heap_bytes() <= sizeof heap_then;
}

/** A thread goes as far as it has come, and then, if it may, one step more. 1: it is at its end. */
EXPORT uint32_t run(uint32_t thread, uint32_t more) {
    __builtin_memcpy(superpage, superpage_then, sizeof superpage_then);
    __builtin_memcpy(owner.heap, heap_then, heap_bytes());
    running = &racers[thread];
    this_thread = thread == 0 ? owner : (struct thread){.heap = &empty_heap};
    replayed = 0;
    may_step = more;
    racing = true;
    if (MAY_LEAVE) {
        act();
        racing = false;
        running->done = true;
    }
    return running->done;
}

/** Where a thread waits: the line, ... */
EXPORT uint32_t line(uint32_t thread, uint32_t unused) {
    (void)unused;
    return racers[thread].done ? 0 : racers[thread].next->line;
}

/** ... and the letters of the file's name (0), the function's (1), and the operation (2). */
EXPORT uint32_t letter(uint32_t thread_and_text, uint32_t i) {
    const struct race_place *place = racers[thread_and_text / 3].next;
    const char *texts[] = {place->file, place->function, place->text};
    return (unsigned char)texts[thread_and_text % 3][i];
}

/** Half a word: of the remote map (0, 1), the notice (2), the owner's free map (4, 5). For the last, the
 *  owner must have run last. */
EXPORT uint32_t half(uint32_t which, uint32_t unused) {
    (void)unused;
    uint64_t values[] = {words[0], notice_word, free_map(slab)[0]};
    return (uint32_t)(values[which / 2] >> (which % 2 * 32));
}

/** Whether a freer's bin is lost: free has ended, but the bin is neither in the owner's map nor in the
 *  remote map with a notice of it, and the owner is not about to look. The owner must have run last. */
EXPORT uint32_t lost(uint32_t thread, uint32_t unused) {
    (void)unused;
    const struct racer *freed = &racers[thread];
    uint64_t bit = (uint64_t)1 << slab_bin_index(slab, slab_offset(slab, freed->block)) % WORD_BINS;
    bool announced = (words[0] & bit) != 0 && (notice_word & slot_bit(slab_slot(slab))) != 0;
    bool looking = !racers[0].done && racers[0].waits_for_word;
    return freed->done && !announced && !looking && (free_map(slab)[0] & bit) == 0;
}

static uint32_t mix(uint32_t sum, uint64_t value) {
    for (int i = 0; i < 8; i++, value >>= 8) sum = (sum ^ (value & 0xff)) * 16777619;
    return sum;
}

/** A sum of all that makes a difference to what can still happen (FNV-1a). */
EXPORT uint32_t state(uint32_t unused, uint32_t unused_too) {
    (void)unused, (void)unused_too;
    uint32_t sum = mix(mix(2166136261u, words[0]), notice_word);
    for (unsigned i = 0; i < FIGURE_THREADS; i++) {
        sum = mix(mix(sum, racers[i].steps), racers[i].done);
        for (uint32_t j = 0; j < racers[i].steps; j++) sum = mix(sum, racers[i].answers[j]);
    }
    return sum;
}
