/* shadow.h -- what the program believes to have: every live block, its size and its contents.
 *
 * Overlap   A bit for each 16 bytes of the arena, or for 64 KiB of a large block: no two live
 *           blocks have the same.
 * Contents  Words at both ends of a block and a few in between, that depend on its number.
 */
#ifndef FUZZ_SHADOW_H
#define FUZZ_SHADOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLOCKS_MAX 2048
#define DEAD_MAX 64

struct block {
    uintptr_t at;
    size_t size;   /* asked for                                */
    size_t align;  /* asked for; 0: it was not                 */
    size_t usable; /* as the allocator tells                   */
    size_t taken;  /* no other block may have any of it        */
    uint32_t number;
};

/** No blocks. */
void shadow_reset(void);

unsigned shadow_count(void);
struct block *shadow_block(unsigned index);

/** The allocator handed out a block: check its place. */
struct block *shadow_add(void *at, size_t size, size_t align);

/** Write its contents to a block. */
void shadow_fill(const struct block *block);

/** Check that a block is as it was left. */
void shadow_check(const struct block *block);

/** A block is about to be freed: check and forget it. Its number stays known for a while. */
void shadow_remove(struct block *block);

/** realloc is about to be called: when it frees the block, what runs inside it (a hook that
 *  allocates) may get its place. */
void shadow_may_move(const struct block *block);

/** realloc failed: nobody may have the block's place. */
void shadow_stays(const struct block *block);

/** realloc made a block of an older one: check what it kept. */
void shadow_resized(struct block *block, void *at, size_t size);

/** The live block that has an address; NULL: none. */
struct block *shadow_at(uintptr_t at);

/** Address of a block freed not long ago. 0: there is none. */
uintptr_t shadow_dead(unsigned index);

/** Check all blocks. */
void shadow_check_all(void);

/** Bytes that all blocks take. */
size_t shadow_taken_bytes(void);

#endif
