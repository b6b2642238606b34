/* bitslab_override.h -- malloc by macros, where no library can take the program's malloc over.
 *
 *   cc -include bitslab_override.h file.c      every file of the program that allocates or frees
 *
 * For Windows above all. Code that was compiled without it keeps libc's malloc, so a block must not
 * cross: what a library allocates for its callers must be freed by that library. In C++, one file of
 * the program also includes bitslab_new.hpp.
 */
#ifndef BITSLAB_OVERRIDE_H
#define BITSLAB_OVERRIDE_H

/* libc's declarations come first: the macros must not rename them. */
#include <stdlib.h>
#include <string.h>

#include "bitslab.h"

/* libc's own strdup would give blocks of libc's malloc. */
static inline char *bitslab_override_strndup(const char *text, size_t most) {
    size_t length = 0;
    while (length < most && text[length] != '\0') length++;
    char *copy = (char *)bitslab_malloc(length + 1);
    if (copy == NULL) return NULL;
    copy[length] = '\0';
    return (char *)memcpy(copy, text, length);
}

#undef strdup
#undef strndup
#define malloc(size) bitslab_malloc(size)
#define calloc(count, size) bitslab_calloc(count, size)
#define realloc(block, size) bitslab_realloc(block, size)
#define free(block) bitslab_free(block)
#define aligned_alloc(align, size) bitslab_aligned_alloc(align, size)
#define posix_memalign(out, align, size) bitslab_posix_memalign(out, align, size)
#define strdup(text) bitslab_override_strndup(text, (size_t)-1)
#define strndup(text, most) bitslab_override_strndup(text, most)

/* Windows' own names. */
#define _strdup(text) bitslab_override_strndup(text, (size_t)-1)
#define _aligned_malloc(size, align) bitslab_aligned_alloc(align, size)
#define _aligned_free(block) bitslab_free(block)
#define _msize(block) bitslab_usable_size(block)

#endif
