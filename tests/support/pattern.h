/* pattern.h -- contents that show when two blocks overlap, or one was moved or lost. */
#ifndef TESTS_SUPPORT_PATTERN_H
#define TESTS_SUPPORT_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "support/random.h"

static inline unsigned char pattern_byte(size_t seed, size_t at) {
    return (unsigned char)((seed * 0x9E3779B97F4A7C15u + at * 0x2545F491u) >> 13);
}

/** Fill a block so that pattern_ok(block, size, seed) holds, and for hardly any other seed. */
static inline void pattern_fill(void *block, size_t size, size_t seed) {
    for (size_t at = 0; at < size; at++) ((unsigned char *)block)[at] = pattern_byte(seed, at);
}

static inline bool pattern_ok(const void *block, size_t size, size_t seed) {
    for (size_t at = 0; at < size; at++)
        if (((const unsigned char *)block)[at] != pattern_byte(seed, at)) return false;
    return true;
}

static inline bool all_zero(const void *block, size_t size) {
    for (size_t at = 0; at < size; at++)
        if (((const unsigned char *)block)[at] != 0) return false;
    return true;
}

#endif
