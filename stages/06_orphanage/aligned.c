/* aligned.c -- alignments beyond malloc's. */
#include "bitslab.h"
#include "block.h"
#include "memory_tools.h"
#include "os.h"
#include "stats.h"
#include "thread.h"

/* Rounded up to its alignment, a small request is served by bins that are aligned by themselves: one
 * that waits in the cache will do. NULL: none waits, or the request is not small. */
static inline void *cached(size_t align, size_t size) {
    if (size == 0 || size > SMALL_MAX_BYTES || align > SMALL_MAX_BYTES) return NULL;
    size_t rounded = round_up(with_canary(size), align);
    if (rounded > SMALL_MAX_BYTES) return NULL;
    return cache_pop(heap_cache(this_thread.heap, rounded));
}

static NOINLINE void *aligned_slow(size_t align, size_t size) {
    bool zero;
    return block_alloc(size, align, &zero);
}

static inline void *aligned(size_t align, size_t size) {
    count_malloc();
    if (size == 0 && align > BIN_MIN_BYTES) size = 1; /* bins without memory are not aligned */
    void *block = cached(align, size);
    if (block == NULL) block = aligned_slow(align, size);
    if (block != NULL) tool_alloc(block, size, false), handed_out(block, size);
    return block;
}

void *bitslab_aligned_alloc(size_t align, size_t size) {
    if (!is_power_of_two(align)) {
        os_set_error(OS_BAD_ARGUMENT);
        return NULL;
    }
    void *block = aligned(align, size);
    if (block == NULL) os_set_error(OS_NO_MEMORY);
    return block;
}

int bitslab_posix_memalign(void **out, size_t align, size_t size) {
    if (!is_power_of_two(align) || align % sizeof(void *) != 0)
        return os_error_code(OS_BAD_ARGUMENT);
    void *block = aligned(align, size);
    if (block == NULL) return os_error_code(OS_NO_MEMORY);
    *out = block;
    return 0;
}
