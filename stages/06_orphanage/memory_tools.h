/* memory_tools.h -- telling AddressSanitizer and Valgrind which bytes are whose.
 *
 * Both watch blocks of the malloc that they replace. In builds for them, these two calls mark a
 * block's bytes as usable when it is handed out and as forbidden when it comes back; in all other
 * builds they vanish.
 */
#ifndef MEMORY_TOOLS_H
#define MEMORY_TOOLS_H

#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define BITSLAB_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BITSLAB_ASAN 1
#endif
#endif

#if defined(BITSLAB_ASAN)
#include <sanitizer/asan_interface.h>
#elif defined(BITSLAB_VALGRIND)
#include <valgrind/memcheck.h>
#endif

/** A block of size bytes is handed out. */
static inline void tool_alloc(void *block, size_t size, int zeroed) {
#if defined(BITSLAB_ASAN)
    ASAN_UNPOISON_MEMORY_REGION(block, size);
#elif defined(BITSLAB_VALGRIND)
    VALGRIND_MALLOCLIKE_BLOCK(block, size, 0, zeroed);
#endif
    (void)block, (void)size, (void)zeroed;
}

/** A block's bytes in use changed where it is. */
static inline void tool_resize(void *block, size_t old_size, size_t size) {
#if defined(BITSLAB_ASAN)
    if (size < old_size) ASAN_POISON_MEMORY_REGION((char *)block + size, old_size - size);
    ASAN_UNPOISON_MEMORY_REGION(block, size);
#elif defined(BITSLAB_VALGRIND)
    VALGRIND_RESIZEINPLACE_BLOCK(block, old_size, size, 0);
#endif
    (void)block, (void)old_size, (void)size;
}

/** A block of usable bytes comes back. */
static inline void tool_free(void *block, size_t usable) {
#if defined(BITSLAB_ASAN)
    ASAN_POISON_MEMORY_REGION(block, usable);
#elif defined(BITSLAB_VALGRIND)
    VALGRIND_FREELIKE_BLOCK(block, 0);
#endif
    (void)block, (void)usable;
}

#endif
