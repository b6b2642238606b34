/* careful.h -- every call is made under suspicion.
 *
 * Each function makes one call of the allocator, on a table of blocks whose contents are known,
 * and demands of it, whatever the OS refused meanwhile:
 *  - it returns NULL only if the OS refused memory to this very call, and errno is ENOMEM then;
 *    else errno is what it was;
 *  - a block is aligned, as large as asked for, and zero if it is calloc's;
 *  - a block that could not be resized is as before;
 *  - if anything was refused, all blocks are intact, every invariant of every heap holds, and the
 *    bytes that the OS has given are those that the allocator knows of.
 * One thread at a time: where a path needs several, they take turns.
 */
#ifndef CAREFUL_H
#define CAREFUL_H

#include <stdbool.h>
#include <stddef.h>

#define KIB ((size_t)1 << 10)
#define MIB ((size_t)1 << 20)

/** A number for each block of the table; NOTHING where the allocator gave none. */
typedef int block_t;
#define NOTHING (-1)

block_t careful_malloc(size_t size);
block_t careful_calloc(size_t size);
block_t careful_aligned(size_t align, size_t size);

/** True if the block has the new size. NOTHING is left alone. */
bool careful_realloc(block_t block, size_t size);

void careful_free(block_t block);
void careful_trim(void);

/** Free all blocks of the table but each `keep`th; 0: all. */
void careful_free_all(unsigned keep);

/** While memory waits that the OS could have back, one refusal is no reason for NULL. */
void careful_persist(bool persistent);

/** The end of a path: all is freed, nothing refused any more. Everything must be in the pool, and
 *  fit for use: to allocate it all again takes no new superpage. */
void careful_end(void);

/** Look at everything, as after a refusal. */
void careful_look(void);

/** Calls made so far, and how many of them were answered with NULL. */
extern unsigned long careful_calls, careful_nulls;

#endif
