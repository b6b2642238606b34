/* static.c -- what a small program does, and some names that only a full set of them links. */
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEMAND(condition)                                                     \
    do {                                                                      \
        if (!(condition)) {                                                   \
            fprintf(stderr, "line %d: not true: %s\n", __LINE__, #condition); \
            exit(1);                                                          \
        }                                                                     \
    } while (0)

static void *work(void *item) {
    for (unsigned i = 0; i < 1000; i++) {
        char *block = malloc(1 + i * 31);
        DEMAND(block != NULL);
        memset(block, 1, 1 + i * 31);
        free(block);
    }
    return item;
}

int main(void) {
    pthread_t threads[4];
    char *text = NULL, *line = strdup("a line");
    void *page = memalign(4096, 100), *other = NULL;
    DEMAND(line != NULL && page != NULL && (uintptr_t)page % 4096 == 0);
    DEMAND(posix_memalign(&other, 256, 100) == 0 && (uintptr_t)other % 256 == 0);
    DEMAND(malloc_usable_size(other) >= 100);
    /* Both come from inside libc, which must call the same malloc as the program. */
    size_t bytes = 0;
    FILE *memory = open_memstream(&text, &bytes);
    DEMAND(memory != NULL);
    for (unsigned i = 0; i < 10000; i++) fprintf(memory, "%u %s\n", i, line);
    fclose(memory);
    DEMAND(strlen(text) == bytes);
    text = realloc(text, 2 * bytes);
    DEMAND(text != NULL && strlen(text) == bytes);
    for (unsigned i = 0; i < 4; i++) DEMAND(pthread_create(&threads[i], NULL, work, NULL) == 0);
    for (unsigned i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    free(text);
    free(line);
    free(page);
    free(other);
    free(calloc(1000, 1000));
    free(aligned_alloc(64, 6400));
#if defined(__GLIBC__)
    struct mallinfo2 info = mallinfo2();
    DEMAND(info.arena > 0);
    DEMAND(mallopt(M_MMAP_THRESHOLD, 4096) == 1);
    free(valloc(10));
    free(pvalloc(10));
    free(reallocarray(NULL, 10, 10));
    malloc_trim(0);
#endif
    return 0;
}
