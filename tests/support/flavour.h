/* flavour.h -- what the build under test promises, and how slow it is.
 *
 * The same tests run on every flavour of a stage (tests/tools/flags.mk). Most of what they ask for
 * holds everywhere; where a flavour does something else on purpose, a test asks here which it is,
 * and then asks for that. A tool that makes a program ten times slower gets a tenth of the rounds,
 * not fewer tests.
 */
#ifndef TESTS_SUPPORT_FLAVOUR_H
#define TESTS_SUPPORT_FLAVOUR_H

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

/* How much is left of an amount of work; tsan stands for Valgrind, too. And how much of a number
 * of rounds, by the tool's usual slowness. */
#if defined(UNDER_TSAN)
#define SCALED(amount, tsan, asan) (tsan)
#define FEWER(rounds) ((rounds) / 10 + 1)
#elif defined(UNDER_ASAN)
#define SCALED(amount, tsan, asan) (asan)
#define FEWER(rounds) ((rounds) / 2 + 1)
#elif defined(UNDER_VALGRIND)
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

/* A tool that watches blocks sees more if they move, and a canary stands where it was put: in builds
 * for AddressSanitizer and Valgrind, and in checked ones, every realloc hands out another block. */
#if defined(UNDER_ASAN) || defined(UNDER_VALGRIND) || HARDENED
#define BLOCKS_MOVE 1
#else
#define BLOCKS_MOVE 0
#endif

/** Whether realloc did what the flavour promises where a block can be resized without moving. */
#define RESIZED_IN_PLACE(resized, block) (((resized) == (block)) != BLOCKS_MOVE)

/* A hardened build hands out bins in random order, and holds back those that came back last. */
#define BINS_IN_TURN (!HARDENED)

#endif
