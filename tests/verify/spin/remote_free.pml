/* remote_free.pml -- freers set a bit, then the notice; the owner takes the notice, then the words.
 *
 * What is modelled is publish and superpage_collect of remote_free.c, one step for each atomic
 * operation, with the label that it has there. Memory is sequentially consistent here: stale values
 * are the schedule explorer's business. Whoever runs may stop for ever before any step.
 *
 * I1  A bin is out, held by its freer, in the remote map or in the free map, and in one of them only.
 * I7  When everybody has finished or stopped, a bit whose freer finished is collected or announced,
 *     or the owner stopped when it was about to look at its word.
 * Nobody waits: whoever stops, the others finish (else the end state is invalid), and nothing goes
 * round in circles (there are no non-progress cycles, and no step is labelled as progress).
 *
 * Run  FREERS=2 COLLECTS=2
 */
#include "common.inc"

#define WORDS 2
#define BINS(word) (3 << 2 * (word)) /* the bins of a word: two */
#define BIT(word) 1                  /* the bit of the word's slab in the notice */

byte remote[WORDS];
byte notice;
byte free;          /* the owner's map */
byte out = 15;      /* bins that the program has and may free */
/* Only for the checks: */
byte held;          /* a freer has them, and has not set the bit yet */
byte told;          /* bits whose freer has finished */
byte unsure[FREERS]; /* bits of one that has not, unless they were collected */
bool about[WORDS];  /* the owner has the notice in its hand and will look at the word */
byte gone;          /* how many have finished or stopped */

/* Any bins of a word that are out: one, or several that were combined. */
inline pick() {
    if
    :: (out & BINS(0)) != 0 -> word = 0
    :: (out & BINS(1)) != 0 -> word = 1
    fi;
    bins = out & BINS(word);
    if
    :: bins == BINS(word) -> if :: bins = bins & 5 :: bins = bins & 10 :: skip fi
    :: else
    fi;
    out = out ^ bins;
    held = held | bins
}

proctype freer(byte id) {
    byte word, bins, seen;
    atomic { pick() };
    atomic { /* [RF-1] [RF-3] */
        MAY_STOP;
        remote[word] = remote[word] | bins;
        held = held ^ bins;
        unsure[id] = bins
    };
    atomic { MAY_STOP; seen = notice & BIT(word) }; /* [RF-3] */
    if
    :: seen == 0 -> atomic { MAY_STOP; notice = notice | BIT(word) } /* [RF-2] */
    :: else
    fi;
    atomic { told = told | unsure[id]; unsure[id] = 0 };
stopped:
    atomic { word = 0; bins = 0; seen = 0; gone++ }
}

/* What a word holds goes to the owner's map. */
inline take_word() {
    atomic { /* [RF-1] */
        MAY_STOP;
        assert((remote[word] & (free | out | held)) == 0); /* I1 */
        free = free | remote[word];
        told = told & ~remote[word];
        for (id : 0 .. FREERS - 1) { unsure[id] = unsure[id] & ~remote[word] }
        remote[word] = 0;
        about[word] = false
    }
}

proctype owner() {
    byte round, word, slots, id;
    for (round : 1 .. COLLECTS) {
        atomic { MAY_STOP; slots = notice };
        if
        :: slots != 0 ->
            atomic { /* [RF-2] [RF-3] */
                MAY_STOP;
                slots = notice;
                notice = 0;
                for (word : 0 .. WORDS - 1) { about[word] = slots & BIT(word) }
            };
            for (word : 0 .. WORDS - 1) {
                atomic { MAY_STOP; about[word] = remote[word] != 0 }; /* [RF-3] */
                if :: about[word] -> take_word() :: else fi
            }
        :: else
        fi
    }
stopped:
    atomic { round = 0; word = 0; slots = 0; id = 0; gone++ }
}

init {
    byte word, i;
    atomic { run owner(); for (i : 0 .. FREERS - 1) { run freer(i) } }
    gone == FREERS + 1;
    for (word : 0 .. WORDS - 1) {
        assert((remote[word] & told) == 0 || (notice & BIT(word)) != 0 || about[word])
    }
}
