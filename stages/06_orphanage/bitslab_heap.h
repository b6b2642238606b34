/* bitslab_heap.h -- the public interface: heaps that a program makes and destroys.
 *
 * Part of bitslab.h, which includes it.
 */
#ifndef BITSLAB_HEAP_H
#define BITSLAB_HEAP_H

#include "bitslab.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A first-class heap: blocks that can be destroyed together. */
struct bitslab_heap;

/**
 * @brief    Make a heap of its own.
 * @return   the heap; NULL with errno ENOMEM
 * @threads  any; the heap is not bound to the calling thread
 * @progress lock-free, OS-bound
 * @source   Hanson 1990 (freeing by lifetime); Berger 2002 (reaps); book ch. 7
 */
BITSLAB_API struct bitslab_heap *bitslab_heap_create(void);

/**
 * @brief    Make a heap whose blocks all lie in memory of the caller's.
 * @param    memory  readable and writable, and nobody else's until the heap is destroyed
 * @param    bytes   its size. Blocks lie in whole superpages, so what is before the first multiple
 *                   of 2 MiB and behind the last is not used, and of each 2 MiB, 64 KiB hold the
 *                   headers. No block is larger than 31 * 64 KiB.
 * @return   the heap; NULL with errno EINVAL (no aligned 2 MiB in it) or ENOMEM (some 300 KiB of
 *           caches come from the OS)
 * @threads  any
 * @progress as bitslab_heap_create, in proportion to bytes
 * @source   book ch. 7
 */
BITSLAB_API struct bitslab_heap *bitslab_heap_create_in(void *memory, size_t bytes);

/**
 * @brief    Destroy a heap and every block in it, freed or not.
 * @param    heap  a living heap, or NULL (nothing happens)
 * @return   0; -1 with errno EINVAL, and one line on standard error, if there is no such heap or it
 *           was destroyed before: nothing is lost then
 * @threads  one, while no other thread uses the heap or frees one of its blocks
 * @progress lock-free, in proportion to the heap's superpages; OS-bound for huge blocks
 * @source   Hanson 1990 (arenas); book ch. 7
 */
BITSLAB_API int bitslab_heap_destroy(struct bitslab_heap *heap);

/**
 * @brief    Allocate a block in a heap.
 * @param    heap  a living heap; one that was destroyed ends in a message and abort()
 * @param    size  bytes wanted, as for bitslab_malloc
 * @return   block; NULL with errno ENOMEM, which in memory of the caller's means that it is full
 * @threads  one at a time for each heap. Any thread may free the block, with bitslab_free
 * @progress as bitslab_malloc
 * @source   book ch. 7
 */
BITSLAB_API void *bitslab_heap_malloc(struct bitslab_heap *heap, size_t size);

/** The same as bitslab_calloc, in a heap; threads as bitslab_heap_malloc. */
BITSLAB_API void *bitslab_heap_calloc(struct bitslab_heap *heap, size_t count, size_t size);

/** The same as bitslab_aligned_alloc, in a heap; threads as bitslab_heap_malloc. */
BITSLAB_API void *bitslab_heap_aligned_alloc(struct bitslab_heap *heap, size_t align, size_t size);

/** The same as bitslab_realloc, in a heap. (bitslab_realloc keeps a block that need not move where
 *  it is, and moves others to the calling thread's heap.) Threads as bitslab_heap_malloc. */
BITSLAB_API void *bitslab_heap_realloc(struct bitslab_heap *heap, void *block, size_t size);

/**
 * @brief    Free a block of a heap that this thread is using. bitslab_free does so too, from any
 *           thread, at the price of an atomic operation.
 * @param    heap   a living heap
 * @param    block  one of its blocks, or NULL; anything else ends in a message and abort()
 * @threads  one at a time for each heap
 * @progress wait-free for a bin, OS-bound for huge blocks
 * @source   book ch. 7
 */
BITSLAB_API void bitslab_heap_free(struct bitslab_heap *heap, void *block);

#ifdef __cplusplus
}
#endif

#endif
