/* blocks.c -- blocks that know what they should contain, and bags to pass them on in. */
#include "blocks.h"

#include <stdio.h>
#include <stdlib.h>

#include "bitslab.h"
#include "superpage.h"

#define BAG_TRIES 16

struct bag stock, gifts, swap, apart;
_Atomic(void *) twin;
_Atomic(struct heap *) victims_heap;

uint32_t next_random(uint32_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

void bag_put(struct bag *bag, void *block) {
    if (block == NULL) return;
    for (unsigned i = 0; i < BAG_TRIES; i++) {
        void *empty = NULL;
        uint32_t at = atomic_fetch_add(&bag->in, 1) % BAG_COUNT;
        if (atomic_compare_exchange_strong(&bag->slots[at], &empty, block)) return;
    }
    block_drop(block);
}

void *bag_take(struct bag *bag) {
    for (unsigned i = 0; i < BAG_TRIES && bag_count(bag) != 0; i++) {
        uint32_t at = atomic_fetch_add(&bag->out, 1) % BAG_COUNT;
        void *block = atomic_exchange(&bag->slots[at], NULL);
        if (block != NULL) return block;
    }
    return NULL;
}

unsigned bag_count(struct bag *bag) {
    int32_t count = (int32_t)(atomic_load(&bag->in) - atomic_load(&bag->out));
    return count < 0 ? 0 : (unsigned)count;
}

void bag_empty(struct bag *bag) {
    for (unsigned i = 0; i < BAG_COUNT; i++) block_drop(atomic_exchange(&bag->slots[i], NULL));
}

/* The first 16 bytes are the block's address and its size, the last one is the address again. */
void *block_stamp(void *block, size_t size) {
    if (block == NULL) return NULL;
    uintptr_t *words = block;
    words[0] = (uintptr_t)block;
    words[1] = size;
    if (size > 16) ((char *)block)[size - 1] = (char)((uintptr_t)block >> 4);
    return block;
}

void *block_new(size_t size) { return block_stamp(bitslab_malloc(size), size); }

size_t block_verify(const void *block) {
    const uintptr_t *words = block;
    const char *bytes = block;
    size_t size = words[1];
    if (words[0] == (uintptr_t)block &&
        (size <= 16 || bytes[size - 1] == (char)((uintptr_t)block >> 4)))
        return size;
    fprintf(stderr, "the block at %p was handed out twice: somebody has written into it\n", block);
    abort();
}

void block_drop(void *block) {
    if (block == NULL) return;
    block_verify(block);
    bitslab_free(block);
}

struct heap *block_owner(const void *block) {
    struct heap *owner = atom_load(&superpage_of((uintptr_t)block)->owner, relaxed);
    return owner == OWNER_NOBODY ? NULL : owner;
}

bool block_is_victims(const void *block) {
    struct heap *heap = atomic_load(&victims_heap);
    return heap != NULL && block_owner(block) == heap;
}
