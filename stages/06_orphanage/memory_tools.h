/* memory_tools.h -- telling AddressSanitizer and Valgrind which bytes are whose.
 *
 * Both know the blocks of the malloc that they replace, and nothing of ours. In builds for them
 * these calls mark a block's bytes as usable when it is handed out and as forbidden when it comes
 * back; in all other builds they vanish. The allocator itself never touches a bin, so it never
 * trips over its own marks. Between two blocks lies a red zone, which is never usable: blocks that
 * fill their bins would touch, and an overflow of one would be taken for an access to the other.
 */
#ifndef MEMORY_TOOLS_H
#define MEMORY_TOOLS_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BITSLAB_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define BITSLAB_ASAN 1
#endif

#if defined(BITSLAB_ASAN)
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>
#define MEMORY_TOOLS 1
#define RED_ZONE_BYTES 16

static inline void tool_mapped(void *base, size_t bytes) {
    __lsan_register_root_region(base, bytes);
}
static inline void tool_unmapped(void *base, size_t bytes) {
    __lsan_unregister_root_region(base, bytes);
    ASAN_UNPOISON_MEMORY_REGION(base, bytes);
}
static inline void tool_forbid(void *at, size_t bytes) { ASAN_POISON_MEMORY_REGION(at, bytes); }
static inline void tool_alloc(void *block, size_t size, bool zeroed) {
    (void)zeroed;
    ASAN_UNPOISON_MEMORY_REGION(block, size);
}
static inline void tool_free(void *block, size_t usable) { tool_forbid(block, usable); }
static inline void tool_open(void *block, size_t usable) {
    ASAN_UNPOISON_MEMORY_REGION(block, usable);
}

#elif defined(BITSLAB_VALGRIND)
#include <valgrind/memcheck.h>
#define MEMORY_TOOLS 1
#define RED_ZONE_BYTES 16

static inline void tool_mapped(void *base, size_t bytes) { (void)base, (void)bytes; }
static inline void tool_unmapped(void *base, size_t bytes) { (void)base, (void)bytes; }
static inline void tool_forbid(void *at, size_t bytes) {
    (void)VALGRIND_MAKE_MEM_NOACCESS(at, bytes);
}
static inline void tool_alloc(void *block, size_t size, bool zeroed) {
    VALGRIND_MALLOCLIKE_BLOCK(block, size, 0, zeroed);
}
static inline void tool_free(void *block, size_t usable) {
    (void)usable;
    VALGRIND_FREELIKE_BLOCK(block, 0);
}
static inline void tool_open(void *block, size_t usable) {
    (void)VALGRIND_MAKE_MEM_DEFINED(block, usable);
}

#else
#define MEMORY_TOOLS 0
/** Bytes behind each block that are nobody's, so that one byte too far is not the next block's. */
#define RED_ZONE_BYTES 0

/** A mapping was made. */
static inline void tool_mapped(void *base, size_t bytes) { (void)base, (void)bytes; }
/** A mapping is about to be unmapped. */
static inline void tool_unmapped(void *base, size_t bytes) { (void)base, (void)bytes; }
/** No block is there. */
static inline void tool_forbid(void *at, size_t bytes) { (void)at, (void)bytes; }
/** A block of size bytes is handed out. */
static inline void tool_alloc(void *block, size_t size, bool zeroed) {
    (void)block, (void)size, (void)zeroed;
}
/** A block comes back; none of its usable bytes may be touched any more. */
static inline void tool_free(void *block, size_t usable) { (void)block, (void)usable; }
/** All usable bytes of a live block may be touched, not only those that were asked for. */
static inline void tool_open(void *block, size_t usable) { (void)block, (void)usable; }
#endif

#endif
