/* limits.h -- sizes that depend on how wide a pointer is. */
#ifndef TESTS_SUPPORT_LIMITS_H
#define TESTS_SUPPORT_LIMITS_H

#include <stddef.h>

#define POINTER_BITS (8 * sizeof(void *))

/** More than a program may have: half of all that 64 or 32 bits can address, as far as CPUs do. */
#define ADDRESSES_BYTES ((size_t)1 << (POINTER_BITS == 64 ? 47 : 31))

/** The square of it is the first number that a size_t cannot hold. */
#define HALF_OF_BITS ((size_t)1 << (POINTER_BITS / 2))

#endif
