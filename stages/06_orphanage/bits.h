/* bits.h -- small questions about words. */
#ifndef BITS_H
#define BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define NOINLINE __attribute__((noinline))
/* For fast paths: code that starts a line of the instruction cache takes fewer of them. */
#define LINE_START __attribute__((aligned(64)))
/* For data that fast paths read: reached without a detour through the global offset table. */
#define HIDDEN __attribute__((visibility("hidden")))

static inline unsigned lowest_bit(uint64_t word) { return (unsigned)__builtin_ctzll(word); }
static inline unsigned count_bits(uint64_t word) { return (unsigned)__builtin_popcountll(word); }
static inline bool is_power_of_two(size_t n) { return n != 0 && (n & (n - 1)) == 0; }

/** n lowest bits set; n from 1 to 64. */
static inline uint64_t low_bits(unsigned n) { return ~(uint64_t)0 >> (64 - n); }

/** n rounded up to a multiple of align, a power of two. */
static inline size_t round_up(size_t n, size_t align) { return (n + align - 1) & ~(align - 1); }

#endif
