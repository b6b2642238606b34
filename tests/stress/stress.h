/* stress.h -- what the stress programs share: the clock, random numbers, marked blocks, memory.
 *
 * A stress program has no framework: it ends with status 0 (passed), 77 (skipped) or 1, and its
 * last line tells what it measured. Blocks are marked from one end to the other, so a bin that is
 * handed out twice or a page that is lost shows when the block is checked.
 */
#ifndef TESTS_STRESS_STRESS_H
#define TESTS_STRESS_STRESS_H

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bitslab.h"
#include "support/flavour.h"

#define KIB ((size_t)1 << 10)
#define MIB ((size_t)1 << 20)

/** End the test: it has failed. */
__attribute__((format(printf, 1, 2), noreturn)) static inline void fail(const char *format, ...) {
    va_list values;
    va_start(values, format);
    fputs("FAILED: ", stderr);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
    va_end(values);
    fflush(stdout);
    _exit(1);
}

#define DEMAND(condition, ...)               \
    do {                                     \
        if (!(condition)) fail(__VA_ARGS__); \
    } while (0)

static inline double clock_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/** Marsaglia's xorshift64*; a state of 0 would stay 0. */
static inline uint64_t draw(uint64_t *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 2685821657736338717u;
}

static inline uint64_t draw_below(uint64_t *state, uint64_t limit) {
    return (draw(state) >> 11) % limit;
}

static inline uint64_t seeded(uint64_t number) { return (number + 1) * 0x9e3779b97f4a7c15u | 1; }

/** A block that says what it should hold: each word is its own number, turned by the seed. */
struct marked {
    size_t size; /* bytes asked for; at least sizeof(struct marked) */
    uint64_t seed;
    uint64_t words[];
};

#define MARKED_MIN sizeof(struct marked)

static inline size_t words_of(size_t size) { return (size - MARKED_MIN) / sizeof(uint64_t); }

/* Big blocks are marked on every page, and at their end; small ones in every word. */
static inline size_t step_of(size_t words) { return words > 8192 ? 251 : 1; }

static inline void mark(struct marked *block, size_t size, uint64_t seed) {
    size_t words = words_of(size), step = step_of(words);
    block->size = size;
    block->seed = seed;
    for (size_t i = 0; i < words; i += step) block->words[i] = i ^ seed;
    if (words != 0) block->words[words - 1] = (words - 1) ^ seed;
}

static inline void check_mark(const struct marked *block, size_t size, const char *where) {
    size_t words = words_of(size), step = step_of(words);
    DEMAND(block->size == size, "%s: block %p holds size %zu, not %zu", where, (const void *)block,
           block->size, size);
    for (size_t i = 0; i < words; i += step)
        DEMAND(block->words[i] == (i ^ block->seed),
               "%s: word %zu of the %zu-byte block %p was overwritten: %#llx, not %#llx", where, i,
               size, (const void *)block, (unsigned long long)block->words[i],
               (unsigned long long)(i ^ block->seed));
    if (words != 0)
        DEMAND(block->words[words - 1] == ((words - 1) ^ block->seed),
               "%s: the last word of the %zu-byte block %p was overwritten", where, size,
               (const void *)block);
}

/** A new marked block; ends the test if there is no memory. */
static inline struct marked *new_marked(size_t size, uint64_t seed) {
    struct marked *block = bitslab_malloc(size);
    DEMAND(block != NULL, "bitslab_malloc(%zu) gave NULL", size);
    DEMAND((uintptr_t)block % 16 == 0, "bitslab_malloc(%zu) gave %p", size, (void *)block);
    mark(block, size, seed);
    return block;
}

/** Check a marked block and free it; NULL does nothing. */
static inline void end_marked(struct marked *block, const char *where) {
    if (block == NULL) return;
    check_mark(block, block->size, where);
    bitslab_free(block);
}

static inline size_t mapped_bytes(void) {
    struct bitslab_stats now;
    bitslab_stats(&now);
    return now.mapped_bytes;
}

/** A line of /proc/self/status in bytes: VmRSS is what is resident, VmHWM the most there was. */
static inline size_t memory_status(const char *name) {
    char line[256];
    size_t kib = 0;
    FILE *file = fopen("/proc/self/status", "r");
    DEMAND(file != NULL, "/proc/self/status cannot be read");
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':')
            kib = strtoul(line + strlen(name) + 1, NULL, 10);
    fclose(file);
    return kib * KIB;
}

static inline double mib(size_t bytes) { return (double)bytes / (double)MIB; }

#endif
