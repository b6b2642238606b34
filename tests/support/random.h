/* random.h -- the same random numbers in every run, so that a failure comes back. */
#ifndef TESTS_SUPPORT_RANDOM_H
#define TESTS_SUPPORT_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/** The next of a sequence (Marsaglia's xorshift); the state must not be 0. */
static inline uint64_t random_next(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/** A number below a limit. */
static inline size_t random_below(uint64_t *state, size_t limit) {
    return (size_t)((random_next(state) >> 16) % limit);
}

/** Write 0 to count - 1 in random order. */
static inline void random_order(uint64_t *state, unsigned *order, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        unsigned at = (unsigned)random_below(state, i + 1u);
        order[i] = order[at];
        order[at] = i;
    }
}

#endif
