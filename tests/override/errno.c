/* errno.c -- what the functions of malloc do to errno, and what they return when they fail. */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

#define DEMAND(condition)                                                     \
    do {                                                                      \
        if (!(condition)) {                                                   \
            fprintf(stderr, "line %d: not true: %s\n", __LINE__, #condition); \
            failures++;                                                       \
        }                                                                     \
    } while (0)

/* Each call must leave errno as it was. */
#define PRESERVES(call)        \
    do {                       \
        errno = 4321;          \
        call;                  \
        DEMAND(errno == 4321); \
    } while (0)

#define FAILS_WITH(error, call)   \
    do {                          \
        errno = 4321;             \
        DEMAND((call) == NULL);   \
        DEMAND(errno == (error)); \
    } while (0)

static volatile size_t too_much = SIZE_MAX / 2, most = SIZE_MAX, odd = 48;

static void success_preserves(void) {
    static const size_t sizes[] = {0, 1, 100, 5000, 40000, 70000, 300000, 3 << 20, 40 << 20};
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            void *block = NULL, *other = NULL;
            PRESERVES(block = malloc(sizes[i]));
            DEMAND(block != NULL);
            PRESERVES(DEMAND(malloc_usable_size(block) >= sizes[i]));
            PRESERVES(block = realloc(block, 2 * sizes[i] + 1));
            PRESERVES(block = realloc(block, sizes[i] / 2 + 1));
            PRESERVES(free(block));
            PRESERVES(block = calloc(sizes[i], 1));
            PRESERVES(free(block));
            PRESERVES(DEMAND(posix_memalign(&other, 4096, sizes[i]) == 0));
            PRESERVES(free(other));
            PRESERVES(other = aligned_alloc(64, sizes[i]));
            PRESERVES(free(other));
        }
    }
    PRESERVES(free(NULL));
    PRESERVES(malloc_trim(0));
}

/* munmap and its kin run when much is freed. */
static void free_preserves_when_memory_goes_back(void) {
    enum { COUNT = 200 };
    static void *blocks[COUNT];
    for (unsigned i = 0; i < COUNT; i++) blocks[i] = malloc(1 << 20);
    for (unsigned i = 0; i < COUNT; i++) PRESERVES(free(blocks[i]));
}

static void failure_is_told(void) {
    void *untouched = &failures, *block = malloc(100), *volatile again = block;
    memset(block, 0x77, 100);
    FAILS_WITH(ENOMEM, malloc(too_much));
    FAILS_WITH(ENOMEM, malloc(most));
    FAILS_WITH(ENOMEM, calloc(1, too_much));
    FAILS_WITH(ENOMEM, calloc(too_much, 3));
    FAILS_WITH(ENOMEM, calloc(most, most));
    FAILS_WITH(ENOMEM, realloc(again, too_much));
    FAILS_WITH(ENOMEM, realloc(NULL, too_much));
    FAILS_WITH(ENOMEM, reallocarray(again, too_much, 3));
    FAILS_WITH(ENOMEM, aligned_alloc(64, too_much));
    FAILS_WITH(ENOMEM, memalign(64, too_much));
    FAILS_WITH(ENOMEM, valloc(too_much));
    FAILS_WITH(ENOMEM, pvalloc(most));
    FAILS_WITH(EINVAL, aligned_alloc(odd, 96));
    PRESERVES(DEMAND(posix_memalign(&untouched, 64, too_much) == ENOMEM));
    PRESERVES(DEMAND(posix_memalign(&untouched, odd, 100) == EINVAL));
    PRESERVES(DEMAND(posix_memalign(&untouched, 2, 100) == EINVAL));
    DEMAND(untouched == (void *)&failures);
    for (unsigned i = 0; i < 100; i++) DEMAND(((char *)block)[i] == 0x77);
    free(block);
}

int main(void) {
    success_preserves();
    free_preserves_when_memory_goes_back();
    failure_is_told();
    return failures == 0 ? 0 : 1;
}
