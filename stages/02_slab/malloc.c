/* malloc.c -- allocating and freeing. */
#include "bitslab.h"
#include "block.h"
#include "os.h"
#include "stats.h"
#include "thread.h"

void *bitslab_malloc(size_t size) {
    bool zero;
    count_malloc();
    void *block = block_alloc(size, 1, &zero);
    if (block == NULL) os_set_error(OS_NO_MEMORY);
    return block;
}

void bitslab_free(void *block) {
    count_free(block);
    block_free(thread_heap(), block);
}

void *bitslab_calloc(size_t count, size_t size) {
    size_t bytes;
    if (unlikely(__builtin_mul_overflow(count, size, &bytes))) {
        os_set_error(OS_NO_MEMORY);
        return NULL;
    }
    bool zero;
    count_malloc();
    void *block = block_alloc(bytes, 1, &zero);
    if (block == NULL) os_set_error(OS_NO_MEMORY);
    if (block == NULL || zero) return block;
    return __builtin_memset(block, 0, bytes);
}
