/* blocks.h -- what tests of many blocks share: patterns, random numbers, units, statistics. */
#ifndef TESTS_SUPPORT_BLOCKS_H
#define TESTS_SUPPORT_BLOCKS_H

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "bitslab.h"
#include "support/pattern.h"
#include "support/random.h"

#define KIB ((size_t)1 << 10)
#define MIB ((size_t)1 << 20)
#define GIB ((size_t)1 << 30)
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static inline bool is_aligned(const void *block, size_t align) {
    return (uintptr_t)block % align == 0;
}

static inline struct bitslab_stats stats_now(void) {
    struct bitslab_stats stats;
    bitslab_stats(&stats);
    return stats;
}

/** A zeroed array in a mapping of its own, so that no malloc's memory depends on it, and all of it
 *  resident, so that it does not change what is measured. It lives until the process ends. */
static inline void *array_of(size_t count, size_t bytes) {
    void *array = mmap(NULL, count * bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    return array == MAP_FAILED ? NULL : array;
}

#endif
