/* flavour.h -- what the build under test promises, and how slow it is.
 *
 * The same tests run on every flavour of a stage (tests/tools/flags.mk). Most of what they ask for
 * holds everywhere; where a flavour does something else on purpose, a test asks here which it is,
 * and then asks for that. A tool that makes a program ten times slower gets a tenth of the rounds,
 * not fewer tests.
 */
#ifndef TESTS_SUPPORT_FLAVOUR_H
#define TESTS_SUPPORT_FLAVOUR_H

#include <stddef.h>
#include <stdint.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define UNDER_TSAN 1
#elif __has_feature(address_sanitizer)
#define UNDER_ASAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define UNDER_TSAN 1
#elif defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN 1
#elif defined(BITSLAB_VALGRIND)
#define UNDER_VALGRIND 1
#endif

/* How much is left of an amount of work; tsan stands for Valgrind and gcov, too. And how much of
 * a number of rounds, by the tool's usual slowness. */
#if defined(UNDER_TSAN)
#define SCALED(amount, tsan, asan) (tsan)
#define FEWER(rounds) ((rounds) / 10 + 1)
#elif defined(UNDER_ASAN)
#define SCALED(amount, tsan, asan) (asan)
#define FEWER(rounds) ((rounds) / 2 + 1)
#elif defined(UNDER_VALGRIND) || defined(UNDER_COVERAGE)
#define SCALED(amount, tsan, asan) (tsan)
#define FEWER(rounds) ((rounds) / 20 + 1)
#elif defined(BITSLAB_CHECKED) && BITSLAB_CHECKED
#define SCALED(amount, tsan, asan) (asan)
#define FEWER(rounds) ((rounds) / 4 + 1)
#else
#define SCALED(amount, tsan, asan) (amount)
#define FEWER(rounds) (rounds)
#endif

#if defined(UNDER_TSAN) || defined(UNDER_ASAN) || defined(UNDER_VALGRIND)
#define UNDER_TOOL 1
#else
#define UNDER_TOOL 0
#endif

/* A checked build looks for misuse, at a price in time and memory. */
#if defined(BITSLAB_CHECKED) && BITSLAB_CHECKED && STAGE >= 6
#define HARDENED 1
#else
#define HARDENED 0
#endif

/* Tools that are told of each block: AddressSanitizer and Valgrind. */
#if (defined(UNDER_ASAN) || defined(UNDER_VALGRIND)) && STAGE >= 6
#define WATCHED 1
#else
#define WATCHED 0
#endif

/* Bytes behind each block that are not its own: a red zone for a tool to watch, or a canary. In a
 * hardened build, usable is what was asked for, to the byte. */
#define SPARE_BYTES ((size_t)(WATCHED ? 16 : HARDENED ? 8 : 0))

/* A hardened build gives each block above 32 KiB a mapping, between guards of more than 1 MiB. */
#define GUARDS_BYTES ((size_t)(HARDENED ? 20 * 65536 : 0))
#define GUARDED_ABOVE_BYTES ((size_t)(HARDENED ? 32768 : SIZE_MAX))

/* What a hardened build may hold back beyond what others do: bins, and mappings. */
#define QUARANTINE_BINS (HARDENED ? 64 : 0)
#define QUARANTINE_BYTES ((size_t)(HARDENED ? 40 << 20 : 0))

/* A tool that watches blocks sees more if they move, and a canary stands where it was put: in builds
 * for AddressSanitizer and Valgrind, and in checked ones, every realloc hands out another block. */
#define BLOCKS_MOVE (WATCHED || HARDENED)

/** Whether realloc did what the flavour promises where a block can be resized without moving. */
#define RESIZED_IN_PLACE(resized, block) (((resized) == (block)) != BLOCKS_MOVE)

/* A hardened build hands out bins in random order, and holds back those that came back last. */
#define BINS_IN_TURN (!HARDENED)

#endif
