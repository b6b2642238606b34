/* orphanage.pml -- superpages are let go of, offered, popped, claimed and rescued.
 *
 * What is modelled is orphanage.c (in orphanage.inc) over the steps of stack.inc, and as much of
 * remote_free.c as announces a bin and collects it; one step for each atomic operation, with its
 * label. A superpage has one slab of one word, with two bins; it is exhausted if neither is free.
 * Each thread does some of these, in any order: free a bin that is out, adopt, allocate (giving up
 * what is exhausted), leave. Whoever runs may stop for ever before any step.
 *
 * I1  A bin is out, held by its freer, in the remote map, or in the free map: in just one of them.
 * I7  A bit whose freer finished is collected or announced, or its owner stopped with the notice.
 * I8  A superpage's owner is a heap, or the pool, and then all bins are free, or nobody. If nobody,
 *     then it is on the stack, or no bin is free and no notice set, or somebody who stopped had it
 *     in his hand: let go of it and had still to offer it or to look back, popped it and had still
 *     to claim it, set a bit and had still to look at the owner.
 * What only the owner may touch is touched by the owner only. Nobody waits, as in remote_free.pml.
 *
 * Run     FIRST=LEAVES SECOND=ADOPTS THIRD=ADOPTS FOURTH=FREES
 * Run     CALLS=2 FIRST=LEAVES+ALLOCATES SECOND=ADOPTS+LEAVES THIRD=FREES
 * Run     CALLS=2 FIRST=LEAVES SECOND=FREES+LEAVES+ADOPTS THIRD=FREES HEAPLESS=3
 * Run     SUPERPAGES=2 FIRST=LEAVES SECOND=ADOPTS THIRD=FREES
 * Cycles  FIRST=LEAVES+ALLOCATES SECOND=FREES+ADOPTS THIRD=FREES
 *
 * Small   CALLS=2 FIRST=LEAVES+ALLOCATES SECOND=FREES+ADOPTS+LEAVES THIRD=FREES
 * Mutant  NOTICE_BEFORE_NOBODY lost     the owner looks at the notice before it stores nobody
 * Mutant  NO_LOOK_BACK lost             the owner does not look at the notice
 * Mutant  OWNER_BEFORE_NOTICE lost      the freer looks at the owner before it sets the notice
 * Mutant  NO_RESCUE lost                the freer does not look at the owner
 * Mutant  HEAPLESS_LEAVES,HEAPLESS=3 lost   a freer without a heap leaves the orphan alone
 * Mutant  NO_OFFER lost                 the owner does not offer what has room
 * Mutant  OFFER_BEFORE_NOBODY lost      the owner offers it, and then stores nobody
 * Mutant  ROOM_SEEN_LATE lost           the owner looks for room when it has let go
 * Mutant  FLAG_KEPT lost                who pops does not clear the flag
 * Mutant  FLAG_CLEARED_LATE lost        who pops clears the flag after the attempt to claim
 * Mutant  FLAG_SET_LATE lost            who offers sets the flag after the push
 * Mutant  FLAG_STORED,HEAPLESS=3 lost   who offers reads the flag, and then sets it
 * Mutant  CLAIM_BY_STORE lost           who claims reads the owner, and then stores itself
 * Mutant  CLAIM_BLINDLY lost            who claims stores itself
 * Mutant  NO_TAG,SUPERPAGES=2,CALLS=3,FIRST=0,SECOND=ADOPTS+LEAVES,THIRD=ADOPTS lost   no tag: ABA
 * Mutant  CLAIM_WITHOUT_COLLECT circles who claims does not collect: looking back never ends
 * Mutant  OFFER_WAITS waits             who offers waits until the last popper has cleared the flag
 */
#include "common.inc"

#ifndef CALLS
#define CALLS 1
#endif
#ifndef SUPERPAGES
#define SUPERPAGES 1
#endif
#ifndef HEAPLESS
#define HEAPLESS 0 /* the thread that gets no memory for a heap; 0: none */
#endif
#ifdef FOURTH
#define THREADS 4
#else
#define THREADS 3
#endif
#define NODES SUPERPAGES
#define BINS 3 /* all bins of a superpage */
#define NOBODY 255
#define POOL 254
#define ME (1 << id)

byte owner[NODES + 1] = NOBODY; /* NOBODY, POOL, or a heap: its thread's number */
bool on_orphanage[NODES + 1];
bool notice[NODES + 1];
byte remote[NODES + 1];
byte free[NODES + 1];     /* the owner's */
byte out[NODES + 1];      /* bins that the program has and may free */
/* Only for the checks: */
bool on_stack[NODES + 1];
byte held[NODES + 1];     /* a freer has them, and has not set the bit yet */
byte told[NODES + 1];     /* bits whose freer has finished */
byte unsure[THREADS + 1]; /* the bit of a freer that has not, and has not been collected */
byte where[THREADS + 1];  /* ... and the superpage that it is in */
bool about[NODES + 1];    /* the owner has the notice, and will look at the word */
byte hand[NODES + 1];     /* threads that have it in their hand, as I8 says */

inline in_hand() { hand[node] = hand[node] | ME }
inline off_hand() { hand[node] = hand[node] & ~ME }

inline pushed() { assert(!on_stack[node]); on_stack[node] = true; off_hand() }
inline popped() { assert(on_stack[top]); on_stack[top] = false; hand[top] = hand[top] | ME }

#include "stack.inc"
#include "orphanage.inc"

inline gain() {
    assert(owner[node] == id && (remote[node] & (free[node] | out[node] | held[node])) == 0);
    free[node] = free[node] | remote[node];
    told[node] = told[node] & ~remote[node];
    for (i : 1 .. THREADS) {
        if
        :: where[i] == node -> unsure[i] = unsure[i] & ~remote[node]
        :: else
        fi
    }
    i = 0;
    remote[node] = 0;
    about[node] = false
}

inline superpage_collect() {
    atomic { MAY_STOP; seen = notice[node] };
    if
    :: seen ->
        atomic { MAY_STOP; notice[node] = false; about[node] = true }; /* [RF-2] [RF-3] */
        atomic { MAY_STOP; seen = remote[node] != 0; about[node] = seen }; /* [RF-3] */
        if
        :: seen -> atomic { MAY_STOP; gain() } /* [RF-1] */
        :: else
        fi;
        /* An empty superpage stays with the heap, or goes to the pool if the heap has another. */
        if
        :: free[node] == BINS -> pool_put()
        :: true
        fi
    :: else
    fi
}

inline pick_bin() {
    if
    :: out[1] != 0 -> node = 1
    :: NODES > 1 && out[NODES] != 0 -> node = NODES
    fi;
    bin = (out[node] & 1 -> 1 : 2);
    out[node] = out[node] ^ bin;
    held[node] = held[node] | bin
}

inline tell() { told[node] = told[node] | unsure[id]; unsure[id] = 0 }

inline set_notice() {
    atomic { MAY_STOP; seen = notice[node]; if :: seen -> tell() :: else fi }; /* [RF-3] */
    if
    :: !seen -> atomic { MAY_STOP; notice[node] = true; tell() } /* [RF-2] */
    :: else
    fi
}

inline look_at_owner() {
    atomic { /* [ID-1] */
        MAY_STOP;
#ifndef NO_RESCUE
        orphan = owner[node] == NOBODY;
#endif
        if :: !orphan -> off_hand() :: else fi
    }
}

inline publish() {
    atomic { /* [RF-1] [RF-3] */
        MAY_STOP;
        remote[node] = remote[node] | bin;
        held[node] = held[node] ^ bin;
        where[id] = node;
        unsure[id] = bin;
        in_hand()
    };
#ifdef OWNER_BEFORE_NOTICE
    look_at_owner();
    set_notice();
#else
    set_notice();
    look_at_owner();
#endif
    if
    :: orphan -> superpage_rescue()
    :: else
    fi
}

#define HAS_ROOM(n) (owner[n] == id && free[n] != 0)

inline pick_free() {
    node = (HAS_ROOM(1) -> 1 : NODES);
    bin = (free[node] & 1 -> 1 : 2);
    free[node] = free[node] ^ bin;
    out[node] = out[node] | bin
}

/* The bin that was picked; the superpage may have no other. */
inline allocate() {
    if
    :: free[node] == 0 -> superpage_give_up()
    :: else
    fi
}

inline forget() {
    i = 0; node = 0; bin = 0; top = 0; tag = 0; next = 0;
    done = false; seen = false; has_room = false; claimed = false; orphan = false
}

inline end_call() {
    atomic { forget() }
}

#define CAN(work) (calls < CALLS && (may & work))

#define FREES 1
#define ADOPTS 2
#define ALLOCATES 4
#define LEAVES 8
#define ANYTHING 15

proctype thread(byte id, may) {
    byte calls, i, node, bin, top, tag, next;
    bool done, seen, has_room, claimed, orphan;
    do
    :: atomic { CAN(FREES) && (out[1] | out[NODES]) -> calls++; pick_bin() };
        publish();
        end_call()
    :: CAN(ADOPTS) -> calls++; heap_grow(); end_call()
    :: atomic { CAN(ALLOCATES) && (HAS_ROOM(1) || HAS_ROOM(NODES)) -> calls++; pick_free() };
        allocate();
        end_call()
    :: CAN(LEAVES) -> calls++; heap_abandon(); end_call(); break
    :: else -> break
    od;
    atomic { for (i : 1 .. NODES) { assert(!(hand[i] & ME)) } };
stopped:
    atomic { calls = 0; may = 0; forget(); gone++ }
}

inline put_on_stack() {
    on_orphanage[i] = true;
    on_stack[i] = true;
    link[i] = head;
    head = i
}

/* At first, a superpage is thread 1's, perhaps claimed while it was on the stack; or nobody's and
 * on the stack; or nobody's and exhausted. */
inline prepare() {
    for (i : 1 .. NODES) {
        out[i] = 1;
        free[i] = 2;
        if
        :: owner[i] = 1
        :: owner[i] = 1; put_on_stack()
        :: put_on_stack()
        :: out[i] = BINS; free[i] = 0
        fi
    }
}

#define IS_ORPHAN(n) (on_stack[n] || hand[n] != 0 || free[n] == 0 && !notice[n])

init {
    byte i;
    atomic {
        prepare();
        run thread(1, FIRST);
        run thread(2, SECOND);
        run thread(3, THIRD);
#ifdef FOURTH
        run thread(4, FOURTH);
#endif
    }
    gone == THREADS;
    d_step {
        for (i : 1 .. NODES) {
            assert((out[i] | held[i] | remote[i] | free[i]) == BINS);          /* I1 */
            assert((remote[i] & told[i]) == 0 || notice[i] || about[i]);       /* I7 */
            assert(owner[i] != NOBODY || IS_ORPHAN(i));                        /* I8 */
            assert(owner[i] != POOL || free[i] == BINS)
        }
    }
}
