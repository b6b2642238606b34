/* sized.c -- freeing a block whose size the caller knows: C23 and C++.
 *
 * A wrong size means that the caller is wrong about what it frees, so it is worth one comparison.
 */
#include "bitslab.h"
#include "block.h"
#include "misuse.h"

/* A request of the size may have been served by such a block: by a bin of its class, or by a
 * block that realloc left in place because less than a quarter is wasted. */
static bool plausible(const struct slab *slab, const void *block, size_t size, size_t align) {
    size_t usable = block_usable_at(slab, block);
    if (size > usable) return false;
    if (BITSLAB_CANARY && slab->kind == SLAB_BINS) return size == usable;
    /* Between guard pages a block ends where its mapping does, as near as its alignment allows. */
    uintptr_t aligned = (uintptr_t)block & -(uintptr_t)block;
    if (BITSLAB_GUARD_PAGES && slab->kind == SLAB_HUGE) return usable - size < aligned;
    if (slab->kind == SLAB_HUGE || size >= usable - usable / 4) return true;
    size_t taken = round_up(with_canary(size ? size : 1), align);
    return taken <= BIN_MAX_BYTES && slab->kind == SLAB_BINS && class_of(taken) == slab->class;
}

void bitslab_free_sized(void *block, size_t size) {
    if (block != NULL && !plausible(block_slab(block, "free_sized"), block, size, 1))
        misuse("free_sized", block, "the size is not that of the block");
    bitslab_free(block);
}

void bitslab_free_aligned_sized(void *block, size_t align, size_t size) {
    if (size == 0 && align > BIN_MIN_BYTES) size = 1;
    if (block != NULL && ((uintptr_t)block & (align - 1)) != 0)
        misuse("free_aligned_sized", block, "the alignment is not that of the block");
    struct slab *slab = block != NULL ? block_slab(block, "free_aligned_sized") : NULL;
    if (slab != NULL && !plausible(slab, block, size, is_power_of_two(align) ? align : 1) &&
        !plausible(slab, block, size, 1))
        misuse("free_aligned_sized", block, "the size is not that of the block");
    bitslab_free(block);
}
