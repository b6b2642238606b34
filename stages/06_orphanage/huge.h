/* huge.h -- blocks with a mapping of their own.
 *
 * Layout    The mapping starts like a superpage, with metadata in its slot 0, and the block lies
 *           at the first multiple of its alignment behind it. A block that is itself aligned to
 *           2 MiB or more starts a superpage-sized piece; its header is in the piece before.
 * Cache     Freed mappings wait for the next huge block (huge_cache.h).
 * Progress  lock-free (the cache wait-free), OS-bound.
 * Source    Evans 2006 (huge objects).
 */
#ifndef HUGE_H
#define HUGE_H

#include "superpage.h"

/** Allocate `size` bytes at a multiple of align. *zero: whether they read as zero. NULL if the OS
 *  has no memory. */
void *huge_alloc(size_t size, size_t align, bool *zero);

/** Free a huge block. Any thread. */
void huge_free(struct slab *slab);

/** Resize a huge block, perhaps moving it. NULL: not possible, the block is intact. */
void *huge_resize(struct slab *slab, size_t size);

/** The header of the huge block at an address in slot 0; NULL if there is none. */
struct slab *huge_at_superpage(uintptr_t address);

#endif
