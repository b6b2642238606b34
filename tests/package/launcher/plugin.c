/* plugin.c -- a library that allocates. */
#include <stdlib.h>

void allocate(void);

void allocate(void) {
    void *volatile block = malloc(100);
    free(block);
}
