/* config.h -- every constant of the allocator, checked.
 *
 * Sizes are in bytes and named so; shifts are powers of two; counts are counts. A value may be
 * overridden on the compiler's command line; one that cannot work does not compile.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdint.h>

/* Geometry: a superpage is 32 slots of 64 KiB; slot 0 holds the metadata of the others. */
#define SLAB_SHIFT 16
#define SUPERPAGE_SHIFT 21
#define SLAB_BYTES ((uintptr_t)1 << SLAB_SHIFT)
#define SUPERPAGE_BYTES ((uintptr_t)1 << SUPERPAGE_SHIFT)
#define SLOT_COUNT (SUPERPAGE_BYTES / SLAB_BYTES)

/* Bins: 16-byte steps to 128 bytes, then four size classes per doubling. */
#define BIN_MIN_BYTES 16
#define SMALL_MAX_BYTES (32 * 1024) /* up to here a table finds the class */
#define BIN_MAX_BYTES (256 * 1024)  /* the largest bin; above it blocks are runs of slots */
#define SLAB_BINS_MAX (SLAB_BYTES / BIN_MIN_BYTES)
#define SLAB_BINS_LEAST 3 /* but for bins above 160 KiB, which have a slab each */
#define WORD_BINS 64
#define SLAB_WORDS_MAX (SLAB_BINS_MAX / WORD_BINS)

/* A heap's caches: at most this many bins, or this many bytes of them, wait in a magazine. */
#ifndef MAGAZINE_COUNT
#define MAGAZINE_COUNT 256
#endif
#ifndef MAGAZINE_BYTES
#define MAGAZINE_BYTES (16 * 1024)
#endif
/* More, where bins come and go in large numbers (magazine.h): so many, or so many bytes, and of all
 * classes together so many bytes. */
#ifndef GROWN_MAGAZINE_COUNT
#define GROWN_MAGAZINE_COUNT 10240
#endif
#define GROWN_PLACES_BYTES (4 * SLAB_BYTES) /* of addresses of bins, and a closed page */
#define GROWN_MAGAZINE_LEAST 128
#define GROWN_MAGAZINE_BYTES (2 * 1024 * 1024)
#define GROWN_MAGAZINES_BYTES ((size_t)32 << 20)
#define IDLE_REFILLS 256 /* a class that has none in so many makes room for others */
#define WINDOW_LEAST 64  /* bins that a cache sees more or less of at once */
#define GATHER_COUNT 24  /* bins that a refill gathers from sparse words */
#define DENSE_BINS 16    /* a bitmap word with more free bins becomes the cursor whole */
#define OPEN_TRIES 8     /* superpages searched for a run of free slots */
#ifndef KEPT_WIDE_SLOTS
#define KEPT_WIDE_SLOTS 128 /* of freed wide blocks that a heap keeps: 8 MiB */
#endif

/* Frees from other threads. */
#define COLLECT_SUPERPAGES 8      /* superpages asked for remote frees before a new slab is taken */
#define GROW_SUPERPAGES 64        /* the same, before a new superpage is taken */
#define FOREIGN_MIN_BYTES 64      /* smaller bins of strangers are never reused (false sharing) */
#define FOREIGN_COUNT 48          /* larger ones are, while fewer bins wait in the magazine */
#define FOREIGN_HOME 64           /* but one in so many goes back to its owner */
#define COMBINE_COUNT 16          /* bitmap words that one thread may hold back bins of */
#define COMBINE_BYTES (32 * 1024) /* of each word; bins above half of it are never held back */

/* Memory kept for the next user before it goes back to the OS (decay.h). */
#ifndef PURGE_DELAY_MS
#define PURGE_DELAY_MS 500
#endif
#define PURGE_STEP_SUPERPAGES \
    32                   /* given back at once, by whoever passes by; in mappings likewise */
#define DECAY_REFILLS 16 /* a heap passes by at every so many refills, */
#define DECAY_LOOKS 8    /* and looks at so many of its own superpages */
#ifndef EMPTY_SUPERPAGES_KEPT
#define EMPTY_SUPERPAGES_KEPT 2048 /* in the pool, with their physical memory: 4 GiB */
#endif
#define OWNED_SUPERPAGES_KEPT 2   /* by a heap that fetches another one */
#define SPENT_SUPERPAGES_KEPT 2   /* of which every bin is out, by a heap that gets bins back, */
#define SPENT_SUPERPAGES_MOST 256 /* and one more for each that it had to take back */
#define ADOPT_TRIES 8             /* orphans adopted before a superpage is fetched elsewhere */
/* Requests beyond this fail at once: no object may be larger than PTRDIFF_MAX. */
#define REQUEST_MAX_BYTES ((size_t)PTRDIFF_MAX - 2 * SUPERPAGE_BYTES)

/* Builds: a checked build finds every double free and foreign pointer at once. */
#ifndef BITSLAB_CHECKED
#define BITSLAB_CHECKED 0
#endif
/* A block of size 0 lies where no access is allowed; without it, it is one of size 1. */
#ifndef BITSLAB_GUARD_ZERO_SIZE
#define BITSLAB_GUARD_ZERO_SIZE 1
#endif
/* The upper half of a superpage allows no access before it is needed: an overflow that runs far ends
 * there, and not in memory that somebody will get. */
#ifndef BITSLAB_GUARD_UNUSED
#define BITSLAB_GUARD_UNUSED 1
#endif
/* What a checked build adds (harden.h); each can be had, or left out, by itself. */
#ifndef BITSLAB_CANARY
#define BITSLAB_CANARY BITSLAB_CHECKED
#endif
#ifndef BITSLAB_ZERO_ON_FREE
#define BITSLAB_ZERO_ON_FREE BITSLAB_CHECKED
#endif
#ifndef BITSLAB_QUARANTINE
#define BITSLAB_QUARANTINE BITSLAB_CHECKED
#endif
#ifndef BITSLAB_RANDOM_ORDER
#define BITSLAB_RANDOM_ORDER BITSLAB_CHECKED
#endif
#ifndef BITSLAB_GUARD_PAGES
#define BITSLAB_GUARD_PAGES BITSLAB_CHECKED
#endif
#define BITSLAB_HARDENED                                                                     \
    (BITSLAB_CANARY || BITSLAB_ZERO_ON_FREE || BITSLAB_QUARANTINE || BITSLAB_RANDOM_ORDER || \
     BITSLAB_GUARD_PAGES)
#define QUARANTINE_COUNT 64 /* bins of a heap in quarantine                     */
#define RECENT_COUNT 8      /* blocks handed out last that are looked at again  */
#define LOOK_BYTES 1024     /* a larger request has a look at the last of them, a refill at all */
/* Behind a large block; more than the 1 MiB by which a size in the wrong unit overflows. */
#define GUARD_BYTES (BITSLAB_GUARD_PAGES ? (size_t)17 << 16 : 0)

/* Mappings of freed huge blocks that wait, for the next ones or, in a checked build, in quarantine. */
#ifndef HUGE_CACHED_COUNT
#define HUGE_CACHED_COUNT (BITSLAB_GUARD_PAGES ? 8 : 128)
#endif
#define HUGE_CACHED_BYTES ((size_t)(BITSLAB_GUARD_PAGES ? 16 : 128) << 20) /* the largest */
#define HUGE_CACHED_TOTAL_BYTES ((size_t)(BITSLAB_GUARD_PAGES ? 32 : 512) << 20)

/* At every so many calls a thread checks all that it owns; 0: never (check.h). */
#ifndef BITSLAB_CHECK_EVERY
#define BITSLAB_CHECK_EVERY (BITSLAB_CHECKED ? 16384 : 0)
#endif
#ifndef BITSLAB_COUNTED
#define BITSLAB_COUNTED 0
#endif
/* Where an archive holds several objects, and observe_*.c among them: the linker is to take those that
 * nobody calls, but that act at the start and at the end. */
#ifndef BITSLAB_OBSERVED
#define BITSLAB_OBSERVED 0
#endif

/* Where a thread-local variable's first use calls malloc, the OS layer finds the thread (thread_key.c):
 * macOS and OpenBSD. */
#ifndef BITSLAB_THREAD_KEY
#define BITSLAB_THREAD_KEY 0
#endif

_Static_assert(SLOT_COUNT == 32, "the masks of slots are 32 bits wide");
_Static_assert(BIN_MIN_BYTES == 16, "malloc promises 16-byte alignment");
_Static_assert(SMALL_MAX_BYTES < SLAB_BYTES, "a small bin fits into one slot");
_Static_assert(BIN_MAX_BYTES <= 4 * SLAB_BYTES, "a slab of the largest bin takes 4 slots");
_Static_assert(SPENT_SUPERPAGES_MOST >= SPENT_SUPERPAGES_KEPT, "one number grows to the other");
_Static_assert(GROWN_MAGAZINE_COUNT >= MAGAZINE_COUNT, "a magazine grows");
_Static_assert(GROWN_MAGAZINE_BYTES >= MAGAZINE_BYTES, "likewise");
_Static_assert(GROWN_PLACES_BYTES % SLAB_BYTES == 0, "the heap behind them is aligned");
_Static_assert(GATHER_COUNT <= WORD_BINS, "a refill gathers as many as a word at most");
_Static_assert(DENSE_BINS < WORD_BINS, "a full word must count as dense");
_Static_assert((HUGE_CACHED_COUNT & (HUGE_CACHED_COUNT - 1)) == 0, "slots are counted modulo");
_Static_assert((COMBINE_COUNT & (COMBINE_COUNT - 1)) == 0, "indexed by masking");

#endif
