/* race.h -- the stage's door to shared memory, with a turnstile in it.
 *
 * It is included before everything else and takes the name of the stage's own atomic.h, whose text is
 * then skipped: the stage's sources are compiled as they are. An operation on a word that the figure
 * watches waits for its turn (race_step); any other one happens at once.
 */
#ifndef ATOMIC_H
#define ATOMIC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum race_kind { RACE_load, RACE_store, RACE_swap, RACE_or };

/** An operation as it stands in the source. */
struct race_place {
    const char *file;
    const char *function;
    const char *text;
    uint32_t line;
    enum race_kind kind;
};

/** Whether the figure watches this word now. */
bool race_watches(const volatile void *at);

/** Wait for the thread's turn, then do it; the old value. */
uint64_t race_step(const volatile void *at, uint64_t operand, const struct race_place *place);

#define RACE_PLACE(at, kind, order)                                                     \
    static const struct race_place race_place = {__FILE_NAME__, __func__,               \
                                                 #kind " " #at ", " #order, __LINE__,   \
                                                 RACE_##kind}
#define RACE_OLD(at, operand, kind, order, otherwise)                                   \
    ({                                                                                  \
        RACE_PLACE(at, kind, order);                                                    \
        __typeof__(atomic_load_explicit(at, memory_order_relaxed)) race_old;            \
        if (race_watches(at)) {                                                         \
            uint64_t race_word = race_step(at, operand, &race_place);                   \
            __builtin_memcpy(&race_old, &race_word, sizeof race_old);                   \
        } else race_old = otherwise;                                                    \
        race_old;                                                                       \
    })

#define atom_load(at, order) \
    RACE_OLD(at, 0, load, order, atomic_load_explicit(at, memory_order_##order))
#define atom_swap(at, value, order)                    \
    RACE_OLD(at, (uint64_t)(uintptr_t)(value), swap, order, \
             atomic_exchange_explicit(at, value, memory_order_##order))
#define atom_or_old(at, bits, order) \
    RACE_OLD(at, (uint64_t)(bits), or, order, atomic_fetch_or_explicit(at, bits, memory_order_##order))
#define atom_or(at, bits, order) ((void)atom_or_old(at, bits, order))
#define atom_store(at, value, order)                                                    \
    ({                                                                                  \
        RACE_PLACE(at, store, order);                                                   \
        if (race_watches(at)) race_step(at, (uint64_t)(uintptr_t)(value), &race_place); \
        else atomic_store_explicit(at, value, memory_order_##order);                    \
    })

/* No remote free and no collecting has these. */
#define atom_add(at, value, order) atomic_fetch_add_explicit(at, value, memory_order_##order)
#define atom_and(at, bits, order) ((void)atomic_fetch_and_explicit(at, bits, memory_order_##order))
#define atom_cas(at, expected, desired, success, failure)                                  \
    atomic_compare_exchange_strong_explicit(at, expected, desired, memory_order_##success, \
                                            memory_order_##failure)

#endif
