/* profiled.c -- functions that keep known amounts of memory, or none. */
#include <stdlib.h>
#include <string.h>

#define SMALL 160000 /* blocks of 100 bytes, which take 112 */
#define LARGE 400    /* blocks of 100000 bytes, which take 112 KiB */

static void *kept[SMALL + LARGE];

__attribute__((noinline)) void use_and_free(void) {
    char *block = malloc(100);
    if (block != NULL) block[0] = 1;
    free(block);
}

__attribute__((noinline)) void keep_small(void) {
    for (unsigned i = 0; i < SMALL; i++) {
        use_and_free();
        kept[i] = malloc(100);
    }
}

__attribute__((noinline)) void keep_large(void) {
    for (unsigned i = 0; i < LARGE; i++) {
        kept[SMALL + i] = malloc(100000);
        if (kept[SMALL + i] != NULL) memset(kept[SMALL + i], 1, 100);
    }
}

int main(void) {
    keep_small();
    keep_large();
    return kept[0] == NULL;
}
