/* own.c -- a malloc that hands out and forgets, to be linked into a program or preloaded. */
#include <stddef.h>
#include <string.h>

static _Alignas(16) char memory[1 << 20];
static size_t used;

void *malloc(size_t size) {
    size_t at = used;
    used += (size + 31) & ~(size_t)15; /* the size stands before the block */
    if (used > sizeof memory) return NULL;
    memcpy(memory + at, &size, sizeof size);
    return memory + at + 16;
}

void free(void *block) { (void)block; }

void *calloc(size_t count, size_t size) { return malloc(count * size); }

void *realloc(void *block, size_t size) {
    char *new = (char *)malloc(size);
    size_t before = 0;
    if (block != NULL) memcpy(&before, (char *)block - 16, sizeof before);
    if (new != NULL && block != NULL) memcpy(new, block, before < size ? before : size);
    return new;
}
