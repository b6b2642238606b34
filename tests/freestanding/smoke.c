/* smoke.c -- a program that needs no libc: blocks of every kind, filled, resized, checked, freed.
 *
 * smoke() returns 0, or the number of the line that found something wrong.
 */
#include <stddef.h>
#include <stdint.h>

#include "bitslab.h"

#define COUNT 400
#define MUST(condition)                    \
    do {                                   \
        if (!(condition)) return __LINE__; \
    } while (0)

extern int last_error;

static unsigned char *blocks[COUNT];
static size_t sizes[COUNT];

static size_t size_of(unsigned i) {
    size_t size = (size_t)i * i * i % 30000;
    return STAGE >= 3 && i % 50 == 0 ? size * 40 : size + 1;
}

static void fill(unsigned i) {
    for (size_t at = 0; at < sizes[i]; at += 7) blocks[i][at] = (unsigned char)(i + at);
}

static int intact(unsigned i, size_t size) {
    for (size_t at = 0; at < size; at += 7)
        if (blocks[i][at] != (unsigned char)(i + at)) return 0;
    return 1;
}

static int round_of_blocks(void) {
    for (unsigned i = 0; i < COUNT; i++) {
        sizes[i] = size_of(i);
        blocks[i] = i % 3 == 0 ? bitslab_calloc(1, sizes[i]) : bitslab_malloc(sizes[i]);
        MUST(blocks[i] != NULL && (uintptr_t)blocks[i] % 16 == 0);
        MUST(bitslab_usable_size(blocks[i]) >= sizes[i]);
        for (size_t at = 0; i % 3 == 0 && at < sizes[i]; at++) MUST(blocks[i][at] == 0);
        fill(i);
    }
    for (unsigned i = 0; i < COUNT; i += 2) {
        MUST(intact(i, sizes[i]));
        unsigned char *moved = bitslab_realloc(blocks[i], sizes[i] + 100);
        MUST(moved != NULL);
        blocks[i] = moved;
        MUST(intact(i, sizes[i]));
    }
    for (unsigned i = 0; i < COUNT; i++) {
        MUST(intact(i, sizes[i]));
        bitslab_free(blocks[i]);
    }
    return 0;
}

int smoke(void) {
    for (int round = 0; round < (STAGE >= 2 ? 4 : 1); round++) {
        int line = round_of_blocks();
        if (line != 0) return line;
    }
    void *aligned = bitslab_aligned_alloc(4096, 100);
    MUST(aligned != NULL && (uintptr_t)aligned % 4096 == 0);
    bitslab_free(aligned);
    MUST(bitslab_malloc(PTRDIFF_MAX) == NULL && last_error == 12);
    MUST(bitslab_calloc(SIZE_MAX / 2, 3) == NULL);
    MUST(bitslab_aligned_alloc(48, 100) == NULL && last_error == 22);
    return 0;
}
