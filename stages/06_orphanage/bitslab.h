/* bitslab.h -- the public interface.
 *
 * Every function is safe to call from any thread at any time, before main, after exit handlers
 * have begun, and from the destructors of a thread that is ending. None may be called from a
 * signal handler. No function ever waits for another thread.
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

/** What bitslab_stats() reports. Counts are exact when no other thread is inside the allocator. */
struct bitslab_stats {
    size_t mapped_bytes;       /**< obtained from the OS and not returned to it              */
    size_t mapped_peak_bytes;  /**< the largest mapped_bytes so far                          */
    size_t superpages;         /**< 2 MiB superpages mapped                                  */
    size_t huge_blocks;        /**< live blocks with a mapping of their own                  */
    size_t heaps;              /**< heap structures made; they are reused and never freed    */
    size_t threads_ended;      /**< threads whose heap was given up at their exit            */
    size_t superpages_adopted; /**< superpages taken over from ended or idle threads         */
    size_t superpages_purged;  /**< times a superpage's memory went back to the OS           */
    size_t mallocs;            /**< blocks handed out (counted builds only, else 0)          */
    size_t frees;              /**< blocks taken back (counted builds only, else 0)          */
};

/**
 * @brief    Allocate a block.
 * @param    size  bytes wanted; 0: a block of its own, of which no byte may be touched
 * @return   block of >= size bytes, aligned to 16, contents undefined; NULL with errno ENOMEM
 * @threads  any
 * @progress wait-free when the thread's heap holds a free bin, lock-free when it needs another
 *           superpage, OS-bound beyond
 * @source   Bonwick 1994 (slabs); Bonwick 2001 (magazines); book ch. 2 and 4
 */
BITSLAB_API void *bitslab_malloc(size_t size);

/**
 * @brief    Give a block back. NULL does nothing. errno is preserved.
 * @param    block  a live block of this library; anything else ends in a message and abort()
 * @threads  any, not only the one that allocated the block
 * @progress wait-free for a bin, whoever frees it (on ARMv8.0, which has no atomic OR, lock-free);
 *           lock-free if its superpage has no owner, or becomes empty; OS-bound for huge blocks
 * @source   Berger 2000 (ownership); Leijen 2019 sec. 2.4 (frees from other threads); book ch. 5
 */
BITSLAB_API void bitslab_free(void *block);

/**
 * @brief    Allocate a zeroed array.
 * @param    count  elements
 * @param    size   bytes per element
 * @return   block of count * size zero bytes; NULL with errno ENOMEM, also if the product overflows
 * @threads  any
 * @progress as bitslab_malloc
 * @source   book ch. 2 (the high-water mark that spares the memset)
 */
BITSLAB_API void *bitslab_calloc(size_t count, size_t size);

/**
 * @brief    Change the size of a block, moving it if need be.
 * @param    block  live block, or NULL to allocate
 * @param    size   bytes wanted; 0 shrinks to the smallest block and frees nothing
 * @return   the block, contents kept up to the smaller size; NULL with errno ENOMEM, and then
 *           the old block is untouched and still live
 * @threads  any
 * @progress as bitslab_malloc; a huge block is resized by the OS
 * @source   book ch. 3 (growing in place)
 */
BITSLAB_API void *bitslab_realloc(void *block, size_t size);

/**
 * @brief    Allocate a block with a stated alignment.
 * @param    align  bytes, a power of two
 * @param    size   bytes wanted, of any value; 0 is treated as 1
 * @return   block of >= size bytes; NULL with errno EINVAL (align) or ENOMEM
 * @threads  any
 * @progress as bitslab_malloc up to 64 KiB of alignment, OS-bound beyond
 * @source   book ch. 3 (why bins of a power of two are aligned by themselves)
 */
BITSLAB_API void *bitslab_aligned_alloc(size_t align, size_t size);

/**
 * @brief    POSIX's form of bitslab_aligned_alloc.
 * @param    out    receives the block; untouched on failure
 * @param    align  bytes, a power of two and a multiple of sizeof(void *)
 * @param    size   bytes wanted
 * @return   0, EINVAL or ENOMEM; errno is preserved
 * @threads  any
 * @progress as bitslab_aligned_alloc
 * @source   POSIX.1-2017, posix_memalign
 */
BITSLAB_API int bitslab_posix_memalign(void **out, size_t align, size_t size);

/**
 * @brief    How many bytes of a block may be used: all of them may be written.
 * @param    block  live block, or NULL (0 bytes)
 * @return   bytes, at least the size asked for
 * @threads  any
 * @progress wait-free
 * @source   book ch. 2 (size classes)
 */
BITSLAB_API size_t bitslab_usable_size(const void *block);

/**
 * @brief    Free a block whose size is known: C23's free_sized, C++'s sized delete.
 * @param    block  live block, or NULL
 * @param    size   the size it was asked for; one that the block cannot have ends in abort()
 * @threads  any
 * @progress as bitslab_free
 * @source   C23 (free_sized)
 */
BITSLAB_API void bitslab_free_sized(void *block, size_t size);

/**
 * @brief    Free a block whose size and alignment are known.
 * @param    block  live block, or NULL
 * @param    align  the alignment it was asked for
 * @param    size   the size it was asked for
 * @threads  any
 * @progress as bitslab_free
 * @source   C23 (free_aligned_sized)
 */
BITSLAB_API void bitslab_free_aligned_sized(void *block, size_t align, size_t size);

/**
 * @brief    Give all memory that nobody uses back to the OS, at once. Without it that happens to what
 *           was not used for a purge delay (config.h), at later calls.
 * @return   1 if anything was given back, else 0
 * @threads  any; what other running threads keep for themselves stays with them
 * @progress lock-free, OS-bound
 * @source   book ch. 6
 */
BITSLAB_API int bitslab_trim(void);

/**
 * @brief    Report what the allocator has done so far.
 * @param    out  filled in
 * @threads  any
 * @progress wait-free
 * @source   book ch. 1
 */
BITSLAB_API void bitslab_stats(struct bitslab_stats *out);

/**
 * @brief    What this library is.
 * @return   "bitslab 0.1.0", and behind it, each after a space, the switches of config.h that are on
 * @threads  any
 * @progress wait-free
 * @source   book ch. 7
 */
BITSLAB_API const char *bitslab_build(void);

/**
 * @brief    Check every invariant of what the calling thread's heap owns; one that does not hold
 *           ends in a message that names it, and abort().
 * @threads  any, at any time; a checked build calls it at every BITSLAB_CHECK_EVERY-th call
 * @progress wait-free; takes time in proportion to the slabs that the thread owns
 * @source   book ch. 7
 */
BITSLAB_API void bitslab_check(void);

#ifdef __cplusplus
}
#endif

#include "bitslab_heap.h"
#include "bitslab_observe.h"

#endif
