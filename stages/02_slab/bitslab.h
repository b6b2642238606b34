/* bitslab.h -- the public interface.
 *
 * For one thread: a call from a second one ends in a message and abort(). None may be called from
 * a signal handler. All memory comes from one region of 1 GiB. Blocks above 32 KiB are not reused.
 *
 * A block is aligned to 16 bytes or better. Resources that run out are reported by a result (NULL
 * and errno ENOMEM; the heap stays intact). A pointer that is not a live block is reported by one
 * message on standard error and abort(): going on would corrupt somebody's data.
 */
#ifndef BITSLAB_H
#define BITSLAB_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BITSLAB_VERSION "0.1.0"

/* All that is public carries this mark; everything else is hidden from other objects. */
#ifndef BITSLAB_API
#define BITSLAB_API __attribute__((visibility("default")))
#endif

/** What bitslab_stats() reports. */
struct bitslab_stats {
    size_t mapped_bytes;      /**< taken from the region, which never gets any back        */
    size_t mapped_peak_bytes; /**< the largest mapped_bytes so far                          */
    size_t mallocs;           /**< blocks handed out (counted builds only, else 0)          */
    size_t frees;             /**< blocks taken back (counted builds only, else 0)          */
};

/**
 * @brief    Allocate a block.
 * @param    size  bytes wanted; 0 is treated as 1
 * @return   block of >= size bytes, aligned to 16, contents undefined; NULL with errno ENOMEM
 * @threads  one
 * @source   Bonwick 1994 (slabs); book ch. 2
 */
BITSLAB_API void *bitslab_malloc(size_t size);

/**
 * @brief    Give a block back. NULL does nothing. errno is preserved.
 * @param    block  a live block of this library; anything else ends in a message and abort()
 * @threads  one
 * @source   book ch. 1
 */
BITSLAB_API void bitslab_free(void *block);

/**
 * @brief    Allocate a zeroed array.
 * @param    count  elements
 * @param    size   bytes per element
 * @return   block of count * size zero bytes; NULL with errno ENOMEM, also if the product overflows
 * @threads  one
 * @source   book ch. 2 (the high-water mark that spares the memset)
 */
BITSLAB_API void *bitslab_calloc(size_t count, size_t size);

/**
 * @brief    Change the size of a block, moving it if need be.
 * @param    block  live block, or NULL to allocate
 * @param    size   bytes wanted; 0 shrinks to the smallest block and frees nothing
 * @return   the block, contents kept up to the smaller size; NULL with errno ENOMEM, and then
 *           the old block is untouched and still live
 * @threads  one
 * @source   book ch. 1
 */
BITSLAB_API void *bitslab_realloc(void *block, size_t size);

/**
 * @brief    Allocate a block with a stated alignment.
 * @param    align  bytes, a power of two, at most 32 KiB
 * @param    size   bytes wanted, of any value; 0 is treated as 1
 * @return   block of >= size bytes; NULL with errno EINVAL (align) or ENOMEM
 * @threads  one
 * @source   book ch. 2 (where a slab's first bin lies)
 */
BITSLAB_API void *bitslab_aligned_alloc(size_t align, size_t size);

/**
 * @brief    POSIX's form of bitslab_aligned_alloc.
 * @param    out    receives the block; untouched on failure
 * @param    align  bytes, a power of two and a multiple of sizeof(void *)
 * @param    size   bytes wanted
 * @return   0, EINVAL or ENOMEM; errno is preserved
 * @threads  one
 * @source   POSIX.1-2017, posix_memalign
 */
BITSLAB_API int bitslab_posix_memalign(void **out, size_t align, size_t size);

/**
 * @brief    How many bytes of a block may be used: all of them may be written.
 * @param    block  live block, or NULL (0 bytes)
 * @return   bytes, at least the size asked for
 * @threads  one
 * @source   book ch. 2 (size classes)
 */
BITSLAB_API size_t bitslab_usable_size(const void *block);

/**
 * @brief    Report what the allocator has done so far.
 * @param    out  filled in
 * @threads  one
 * @source   book ch. 1
 */
BITSLAB_API void bitslab_stats(struct bitslab_stats *out);

#ifdef __cplusplus
}
#endif

#endif
