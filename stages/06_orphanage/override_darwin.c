/* override_darwin.c -- malloc of a whole program on macOS: names that dyld interposes.
 *
 * Problem   A program's malloc is bound to libSystem by name and library, and blocks exist before any
 *           library of ours is loaded: they are freed by a malloc that did not make them.
 * Idea      dyld puts our functions into the place of libSystem's in all images but this one: for what
 *           DYLD_INSERT_LIBRARIES names, and for what the program is linked with. So here "free" is still
 *           the system's, and a block that is not ours goes there. What asks for the default zone, and
 *           what was bound in another way, gets to us by a zone (override_darwin_zone.c).
 * C++       operator new of libc++abi calls malloc, and delete calls free: these suffice.
 * Archive   In libbitslab-malloc.a dyld does not look at the table; there the zone alone takes over.
 */
#include <errno.h>
#include <malloc/malloc.h>
#include <stdlib.h>
#include <string.h>

#include "bitslab.h"
#include "override_darwin.h"
#include "os.h"

/* By this `bitslab check` knows a program that the malloc was linked into. */
__attribute__((used)) static const char mark[] = "@(#)malloc is bitslab " BITSLAB_VERSION;

/* A block without bytes would be nobody's: a zone says by its size that a block is its own. */
void *zone_malloc_block(size_t size) { return bitslab_malloc(size != 0 ? size : 1); }

void *zone_calloc_block(size_t count, size_t size) {
    return count != 0 && size != 0 ? bitslab_calloc(count, size) : bitslab_calloc(1, 1);
}

void zone_free_block(void *block) {
    if (block == NULL || zone_owns(block)) bitslab_free(block);
    else free(block);
}

/* A block that is not ours moves here with what is in it. One that is nobody's is libSystem's to judge. */
void *zone_realloc_block(void *block, size_t size) {
    if (block == NULL) return zone_malloc_block(size);
    if (zone_owns(block)) return bitslab_realloc(block, size);
    size_t old_bytes = malloc_size(block);
    if (old_bytes == 0) return realloc(block, size);
    void *moved = bitslab_malloc(size);
    if (moved == NULL) return NULL;
    memcpy(moved, block, old_bytes < size ? old_bytes : size);
    free(block);
    return moved;
}

static void *reallocf_or_free(void *block, size_t size) {
    void *moved = zone_realloc_block(block, size);
    if (moved == NULL) zone_free_block(block);
    return moved;
}

static void *page_aligned(size_t size) { return bitslab_aligned_alloc(os_page_bytes(), size); }

static size_t size_of_block(const void *block) {
    if (block == NULL || zone_owns(block)) return zone_block_bytes(block);
    return malloc_size(block);
}

struct interposed {
    const void *ours, *theirs;
};

__attribute__((used, section("__DATA,__interpose"))) static const struct interposed interposed[] = {
    {(const void *)zone_malloc_block, (const void *)malloc},
    {(const void *)zone_calloc_block, (const void *)calloc},
    {(const void *)zone_realloc_block, (const void *)realloc},
    {(const void *)reallocf_or_free, (const void *)reallocf},
    {(const void *)zone_free_block, (const void *)free},
    {(const void *)page_aligned, (const void *)valloc},
    {(const void *)bitslab_aligned_alloc, (const void *)aligned_alloc},
    {(const void *)bitslab_posix_memalign, (const void *)posix_memalign},
    {(const void *)size_of_block, (const void *)malloc_size},
    {(const void *)zone_good_bytes, (const void *)malloc_good_size},
};
