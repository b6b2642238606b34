/* outside.c -- a program that uses malloc and believes nothing; run with the library preloaded.
 *
 *   outside mix       blocks of all kinds, some in threads
 *   outside fill      until there is no more memory, twice
 *   outside KIND      as mix; half way a seccomp filter of that kind sets in (seccomp.h)
 *
 * Whatever the kernel refuses from outside: NULL comes with ENOMEM, all other blocks are intact,
 * and what was freed can be had again. sched_yield() marks where the work begins and ends, for a
 * tracer that counts calls; main does not use it otherwise.
 *
 * Exit status 0, 1, or 77 where there is no seccomp; the last line has the figures.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "seccomp.h"
#include "support/pattern.h"
#include "support/random.h"

#define KIB ((size_t)1 << 10)
#define MIB ((size_t)1 << 20)
#define BLOCKS 100
#define FILL_BLOCKS 100000
#define FILL_MOST (4096 * MIB)

struct block {
    unsigned char *at;
    size_t size;
};

struct work {
    struct block blocks[BLOCKS];
    uint64_t random;
    unsigned long calls, refused;
};

static void wrong(const char *what) {
    fprintf(stderr, "outside: %s (errno %d)\n", what, errno);
    _Exit(1);
}

static void demand(int holds, const char *what) {
    if (!holds) wrong(what);
}

/* A few bytes at the start, some in each page behind, by the block's number. */
static void touch(struct block *block, size_t seed, int write) {
    for (size_t at = 0; at < block->size; at += at < 64 ? 1 : 1021) {
        unsigned char byte = pattern_byte(seed, at);
        if (write) block->at[at] = byte;
        else demand(block->at[at] == byte, "a block was overwritten");
    }
}

static size_t any_size(uint64_t *random) {
    switch (random_below(random, 16)) {
    case 0:
    case 1: return 2 * MIB + random_below(random, 3 * MIB);
    case 2: return 256 * KIB + random_below(random, MIB);
    case 3: return 32 * KIB + random_below(random, 200 * KIB);
    default: return 1 + random_below(random, 3000);
    }
}

static void *zeroed(size_t size) {
    unsigned char *at = calloc(1, size);
    for (size_t i = 0; at != NULL && i < size; i += i < 64 ? 1 : 1021)
        demand(at[i] == 0, "calloc's block is not zero");
    return at;
}

static void *allocate(struct work *work, size_t size) {
    switch (random_below(&work->random, 4)) {
    case 0: return zeroed(size);
    case 1: return aligned_alloc((size_t)16 << random_below(&work->random, 10), size);
    default: return malloc(size);
    }
}

/* One call on one block; NULL leaves it as it was. */
static void step(struct work *work, size_t i) {
    struct block *block = &work->blocks[i];
    size_t size = any_size(&work->random);
    if (block->at != NULL) touch(block, i, 0);
    if (block->at != NULL && random_below(&work->random, 2) == 0) {
        errno = 77;
        free(block->at);
        demand(errno == 77, "free changed errno");
        block->at = NULL;
        return;
    }
    errno = 0;
    void *at = block->at != NULL ? realloc(block->at, size) : allocate(work, size);
    work->calls++;
    if (at == NULL) {
        demand(errno == ENOMEM, "NULL without ENOMEM");
        work->refused++;
        return;
    }
    size_t kept = block->at == NULL ? 0 : size < block->size ? size : block->size;
    *block = (struct block){at, kept};
    touch(block, i, 0);
    block->size = size;
    touch(block, i, 1);
}

static void mix(struct work *work, unsigned steps) {
    while (steps-- > 0) step(work, random_below(&work->random, BLOCKS));
}

static void end(struct work *work) {
    for (size_t i = 0; i < BLOCKS; i++) {
        if (work->blocks[i].at == NULL) continue;
        touch(&work->blocks[i], i, 0);
        free(work->blocks[i].at);
        work->blocks[i].at = NULL;
    }
}

static void *thread(void *item) {
    mix(item, 300);
    return NULL;
}

/* Threads that may not even start; what they leave is freed by main. */
static void in_threads(struct work works[2]) {
    pthread_t threads[2];
    int started[2];
    for (int i = 0; i < 2; i++)
        started[i] = pthread_create(&threads[i], NULL, thread, &works[i]) == 0;
    for (int i = 0; i < 2; i++)
        if (started[i]) pthread_join(threads[i], NULL);
}

static size_t fill(struct work *work) {
    static struct block all[FILL_BLOCKS];
    size_t count = 0, bytes = 0;
    while (count < FILL_BLOCKS && bytes < FILL_MOST) {
        size_t size = any_size(&work->random);
        unsigned char *at = allocate(work, size);
        work->calls++;
        if (at == NULL) break;
        all[count] = (struct block){at, size};
        touch(&all[count], count, 1);
        count++;
        bytes += size;
    }
    demand(errno == ENOMEM && count < FILL_BLOCKS && bytes < FILL_MOST, "memory did not run out");
    work->refused++;
    mix(work, 1000); /* at the limit */
    for (size_t i = 0; i < count; i++) {
        touch(&all[i], i, 0);
        free(all[i].at);
    }
    return bytes;
}

/* The filter is at work if it answers before the kernel looks at the arguments. */
static void begin_refusing(unsigned kind) {
    static const long calls[] = {SYS_mmap, SYS_mremap, SYS_madvise, SYS_munmap, SYS_mprotect};
    if (!refuse_by_seccomp(kind, 4096)) _Exit(77);
    for (unsigned i = 0; i < 5; i++) {
        if ((kind >> i & 1) == 0) continue;
        errno = 0;
        demand(syscall(calls[i], 1, 4096, -1, -1, -1, -1) == -1 && errno == ENOMEM,
               "the filter does not refuse");
    }
}

int main(int argc, char **argv) {
    static struct work works[3] = {{.random = 1}, {.random = 2}, {.random = 3}};
    unsigned kind = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 0) : 0;
    setvbuf(stdout, NULL, _IONBF, 0);
    mix(&works[0], 600);
    sched_yield();
    if (kind != 0) begin_refusing(kind);
    mix(&works[0], 600);
    if (argc > 2) in_threads(works + 1);
    if (argc > 1 && strcmp(argv[1], "fill") == 0) {
        size_t first = fill(&works[0]), second = fill(&works[0]);
        demand(second > first / 2, "what was freed could not be had again");
    }
    mix(&works[0], 100);
    for (int i = 0; i < 3; i++) end(&works[i]);
    malloc_trim(0);
    mix(&works[0], 300);
    end(&works[0]);
    sched_yield();
    printf("calls %lu refused %lu\n", works[0].calls + works[1].calls + works[2].calls,
           works[0].refused + works[1].refused + works[2].refused);
    return 0;
}
