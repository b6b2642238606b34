/* environment.h -- what stands before each source of the allocator when it is fuzzed.
 *
 * State     Its variables go into sections of their own, so that the next input can start from a
 *           fresh heap without a new process: fuzz.c sets them back.
 * Memory    Its two bulk operations on blocks go through the arena, which knows which pages were
 *           ever written: clearing and copying what reads as zero costs nothing there.
 */
#ifndef FUZZ_ENVIRONMENT_H
#define FUZZ_ENVIRONMENT_H

#include <stddef.h>
#include <string.h>

void *arena_set(void *at, int byte, size_t bytes);
void *arena_copy(void *to, const void *from, size_t bytes);

/* Of a constant number of bytes: a word or a struct, and no block. */
#define __builtin_memset arena_set
#define __builtin_memcpy(to, from, bytes) \
    (__builtin_constant_p(bytes) ? memcpy(to, from, bytes) : arena_copy(to, from, bytes))

#pragma clang section bss = "bitslab_bss" data = "bitslab_data"

#endif
