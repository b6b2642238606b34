/* remote_free.pml -- freers set a bit, then the notice; the owner takes the notice, then the words.
 *
 * What is modelled is publish and superpage_collect of remote_free.c, one step for each atomic
 * operation, with the label that it has there. Memory is sequentially consistent here: stale values
 * are the schedule explorer's business. Whoever runs may stop for ever before any step.
 *
 * I1  A bin is out, held by its freer, in the remote map, or in the free map: in just one of them.
 * I7  When everybody has finished or stopped, a bit whose freer finished is collected or announced,
 *     or the owner stopped when it was about to look at its word.
 * Nobody waits: whoever stops, the others finish (else the end state is invalid), and nothing goes
 * round in circles (there are no non-progress cycles, and no step is labelled as progress).
 *
 * Two words of one slab, or one word of each of two slabs. With FREES > 1 the owner hands out what
 * came back, and the freers free it again.
 *
 * Run     FREERS=3 FREES=1 COLLECTS=2 SLABS=1
 * Run     FREERS=3 FREES=1 COLLECTS=2 SLABS=2
 * Run     FREERS=2 FREES=2 COLLECTS=2 SLABS=1
 * Cycles  FREERS=2 FREES=2 COLLECTS=2 SLABS=1
 *
 * Small   FREERS=2 FREES=2 COLLECTS=2 SLABS=1
 * Mutant  NOTICE_BEFORE_BIT lost      the freer sets the notice before the bit
 * Mutant  LOOK_BEFORE_BIT lost        the freer looks at the notice before it sets the bit
 * Mutant  NO_NOTICE lost              the freer sets no notice
 * Mutant  NOTICE_IF_WORD_EMPTY lost   the freer leaves the notice to whoever has a bit in the word
 * Mutant  NOTICE_IF_WORD_EMPTY,NOBODY_STOPS passes   the same, if nobody ever stops
 * Mutant  BIT_STORED lost             the freer reads the word, and writes it with its bit
 * Mutant  NOTICE_STORED,SLABS=2 lost  the freer reads the notice, and writes it with its bit
 * Mutant  NOTICE_AFTER_WORDS lost     the owner takes the notice when it has taken the words
 * Mutant  WORDS_SEEN_BEFORE lost      the owner looks at the words before it takes the notice
 * Mutant  FIRST_WORD_ONLY lost        the owner looks at the slab's first word only
 * Mutant  WORD_STORED lost            the owner reads a word, and writes 0 to it
 * Mutant  WORD_KEPT lost              the owner reads a word, and leaves it
 * Mutant  OWNER_WAITS waits           the owner waits for the bit that was announced
 * Mutant  FREER_WAITS waits           the freer waits until the owner has taken the notice
 * Mutant  OWNER_SPINS circles         the owner looks again and again for what was announced
 */
#include "common.inc"

#define WORDS 2
#define BIT(word) (1 << (word) * (SLABS - 1)) /* the bit of the word's slab in the notice */

byte split;          /* bins below it lie in word 0, the others in word 1 */
byte remote[WORDS];
byte notice;
byte free;           /* the owner's map of both words */
byte out;            /* bins that the program has and may free */
/* Only for the checks: */
byte held;           /* a freer has them, and has not set the bit yet */
byte told;           /* bits whose freer has finished */
byte unsure[FREERS]; /* bits of one that has not, unless they were collected */
bool about[WORDS];   /* the owner has the notice in its hand and will look at the word */

inline or_bits(old) {
    atomic { /* [RF-1] [RF-3] */
        MAY_STOP;
        was_empty = remote[word] == 0;
        remote[word] = old | 1 << bin;
        held = held ^ 1 << bin;
        unsure[id] = 1 << bin
    }
}

inline set_bits() {
#ifdef BIT_STORED
    atomic { MAY_STOP; seen = remote[word] };
    or_bits(seen)
#else
    or_bits(remote[word])
#endif
}

inline look_at_notice() {
    atomic { MAY_STOP; seen = notice } /* [RF-3] */
}

#ifdef NOTICE_IF_WORD_EMPTY
#define WANTS_NOTICE was_empty
#elif defined(NO_NOTICE)
#define WANTS_NOTICE false
#else
#define WANTS_NOTICE (seen & BIT(word)) == 0
#endif
#ifdef NOTICE_STORED
#define NOTICE seen
#else
#define NOTICE notice
#endif

inline set_notice() {
    if
    :: WANTS_NOTICE -> atomic { MAY_STOP; notice = NOTICE | BIT(word) } /* [RF-2] */
    :: else
    fi
}

inline publish() {
#if defined(NOTICE_BEFORE_BIT)
    look_at_notice();
    set_notice();
    set_bits();
#elif defined(LOOK_BEFORE_BIT)
    look_at_notice();
    set_bits();
    set_notice();
#else
    set_bits();
    look_at_notice();
    set_notice();
#endif
}

inline remote_free() {
    word = bin >= split;
    publish();
#ifdef FREER_WAITS
    (notice & BIT(word)) == 0;
#endif
    atomic {
        told = told | unsure[id];
        unsure[id] = 0;
        word = 0; bin = 0; seen = 0; was_empty = false
    }
}

proctype freer(byte id) {
    byte times, bin, word, seen;
    bool was_empty;
    bin = id;
    do
    :: remote_free();
        times++;
        atomic {
            if
            :: times == FREES || out == 0 -> break
            :: times < FREES && out & 1 -> bin = 0
            :: times < FREES && out > 1 -> bin = (out & 2 -> 1 : 2)
            fi;
            out = out ^ 1 << bin;
            held = held | 1 << bin
        }
    od;
stopped:
    atomic { times = 0; word = 0; bin = 0; seen = 0; was_empty = false; gone++ }
}

inline take_notice() {
    atomic { /* [RF-2] [RF-3] */
        MAY_STOP;
        slots = notice;
        notice = 0;
        for (word : 0 .. WORDS - 1) { about[word] = (slots & BIT(word)) != 0 }
    }
}

inline look_at_word() {
    atomic { MAY_STOP; any = remote[word] != 0; about[word] = any } /* [RF-3] */
}

/* What a word holds goes to the owner's map. */
inline gain() {
    assert((bins & (free | out | held)) == 0); /* I1 */
    free = free | bins;
    told = told & ~bins;
    for (id : 0 .. FREERS - 1) { unsure[id] = unsure[id] & ~bins }
    about[word] = false
}

inline take_word() {
#if defined(WORD_STORED)
    atomic { MAY_STOP; bins = remote[word] };
    atomic { MAY_STOP; remote[word] = 0; gain() }
#elif defined(WORD_KEPT)
    atomic { MAY_STOP; bins = remote[word]; gain() }
#else
    atomic { MAY_STOP; bins = remote[word]; remote[word] = 0; gain() } /* [RF-1] */
#endif
}

#ifdef FIRST_WORD_ONLY
#define LAST_WORD 0
#else
#define LAST_WORD (WORDS - 1)
#endif

inline take_words() {
    for (word : 0 .. LAST_WORD) {
        if
        :: (slots & BIT(word)) != 0 ->
            look_at_word();
#if defined(OWNER_WAITS)
            remote[word] != 0;
#elif defined(OWNER_SPINS)
            do :: any -> break :: else -> look_at_word() od;
#endif
            if :: any -> take_word() :: else fi
        :: else
        fi
    }
    word = 0
}

inline superpage_collect() {
    atomic { MAY_STOP; slots = notice };
    if
    :: slots != 0 ->
#if defined(NOTICE_AFTER_WORDS)
        take_words();
        take_notice();
        for (word : 0 .. WORDS - 1) { about[word] = false }
#elif defined(WORDS_SEEN_BEFORE)
        atomic { MAY_STOP; for (word : 0 .. WORDS - 1) { seen[word] = remote[word] != 0 } };
        take_notice();
        for (word : 0 .. WORDS - 1) {
            if :: seen[word] -> take_word() :: else -> about[word] = false fi
        }
#else
        take_notice();
        take_words();
#endif
    :: else
    fi
}

proctype owner() {
    byte round, word, slots, bins, id;
    bool any, seen[WORDS];
    for (round : 1 .. COLLECTS) {
        superpage_collect();
        atomic {
            out = out | free;
            free = 0;
            for (word : 0 .. WORDS - 1) { about[word] = false }
            word = 0; slots = 0; bins = 0; any = false; id = 0
        }
    }
stopped:
    atomic { round = 0; word = 0; slots = 0; bins = 0; any = false; id = 0; gone++ }
}

init {
    byte word, i;
    atomic {
        select(split : 0 .. FREERS);
        held = (1 << FREERS) - 1;
        run owner();
        for (i : 0 .. FREERS - 1) { run freer(i) }
    }
    gone == FREERS + 1;
    assert((out | held | free | remote[0] | remote[1]) == (1 << FREERS) - 1); /* I1 */
    for (word : 0 .. WORDS - 1) {
        assert((remote[word] & told) == 0 || (notice & BIT(word)) != 0 || about[word]) /* I7 */
    }
}
