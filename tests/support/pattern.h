/* pattern.h -- contents that show when two blocks overlap, or one was moved or lost. */
#ifndef TESTS_SUPPORT_PATTERN_H
#define TESTS_SUPPORT_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "support/flavour.h"
#include "support/random.h"

/* The bytes that carry the pattern: all of them; under a tool that makes each access slow, the
 * first ones, some in each page, and the last ones. */
#define PATTERN_DENSE_BYTES ((size_t)300)
#define PATTERN_STEP_BYTES (UNDER_TOOL ? (size_t)251 : (size_t)1)
#define PATTERN_TAIL_BYTES ((size_t)(UNDER_TOOL ? 64 : 0))

static inline size_t pattern_next(size_t at) {
    return at < PATTERN_DENSE_BYTES ? at + 1 : at + PATTERN_STEP_BYTES;
}

static inline size_t pattern_tail(size_t size) {
    return size > PATTERN_TAIL_BYTES ? size - PATTERN_TAIL_BYTES : 0;
}

static inline unsigned char pattern_byte(size_t seed, size_t at) {
    return (unsigned char)((seed * 0x9E3779B97F4A7C15u + at * 0x2545F491u) >> 13);
}

/** Fill a block so that pattern_ok(block, size, seed) holds, and for hardly any other seed. */
static inline void pattern_fill(void *block, size_t size, size_t seed) {
    unsigned char *bytes = block;
    for (size_t at = 0; at < size; at = pattern_next(at)) bytes[at] = pattern_byte(seed, at);
    for (size_t at = pattern_tail(size); at < size; at++) bytes[at] = pattern_byte(seed, at);
}

/** Whether the block holds the pattern, at least up to size bytes: it may have been larger. */
static inline bool pattern_ok(const void *block, size_t size, size_t seed) {
    for (size_t at = 0; at < size; at = pattern_next(at))
        if (((const unsigned char *)block)[at] != pattern_byte(seed, at)) return false;
    return true;
}

static inline bool all_zero(const void *block, size_t size) {
    const unsigned char *bytes = block;
    for (size_t at = 0; at < size; at = pattern_next(at))
        if (bytes[at] != 0) return false;
    for (size_t at = pattern_tail(size); at < size; at++)
        if (bytes[at] != 0) return false;
    return true;
}

#endif
