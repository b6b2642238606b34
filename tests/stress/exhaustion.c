/* exhaustion.c -- when memory runs out, the answer is NULL and ENOMEM, and nothing else breaks.
 *
 * In a process under a limit (RLIMIT_AS is `ulimit -v`, RLIMIT_DATA is `ulimit -d`) blocks are
 * allocated until there are no more, by every function in turn. All blocks made so far are intact,
 * a failed realloc leaves its block alone, and when all is freed the same amount fits again.
 *
 * Stages: 3-6
 * Seconds: 8
 * Flavours: default
 */
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "stress.h"
#include "support/threads.h"
#if defined(UNDER_VALGRIND)
#include "support/mapping_limit.h"
#endif

#define LIMIT_BYTES (SCALED(300, 120, 150) * MIB)
#define LIMITS SCALED(2, 1, 2) /* both for each case, or in turn */
#define MOST 4000000
#define LOST_PART (HARDENED ? 3 : 10) /* bins in random order leave more holes  */
#define USED_PART (HARDENED ? 5 : 2)  /* guards take address space, but no memory */

static struct marked *blocks[MOST];
static size_t count;

static size_t mixed_size(uint64_t *random) {
    switch (draw_below(random, 100)) {
    case 0: return MIB + draw_below(random, 3 * MIB);
    case 1:
    case 2: return 64 * KIB + draw_below(random, 200 * KIB);
    case 3:
    case 4:
    case 5:
    case 6: return 2 * KIB + draw_below(random, 60 * KIB);
    default: return MARKED_MIN + draw_below(random, 1000);
    }
}

static size_t small_size(uint64_t *random) { return MARKED_MIN + draw_below(random, 200); }
static size_t wide_size(uint64_t *random) { return 64 * KIB + draw_below(random, 200 * KIB); }
static size_t huge_size(uint64_t *random) { return 2 * MIB + draw_below(random, 6 * MIB); }

static void *one(unsigned way, size_t size) {
    void *block = NULL;
    switch (way) {
    case 0: return bitslab_malloc(size);
    case 1: return bitslab_calloc(1, size);
    case 2: return bitslab_aligned_alloc(256, size);
    case 3:
        errno = 0;
        int error = bitslab_posix_memalign(&block, 4096, size);
        DEMAND(errno == 0, "posix_memalign changed errno to %d", errno);
        DEMAND(error == (block == NULL ? ENOMEM : 0), "posix_memalign returned %d", error);
        errno = error;
        return block;
    default: return bitslab_realloc(NULL, size);
    }
}

/* Until NULL; the number of bytes that there was room for. */
static size_t fill(size_t (*size_for)(uint64_t *), unsigned ways) {
    uint64_t random = seeded(ways);
    size_t bytes = 0;
    for (count = 0; count < MOST; count++) {
        size_t size = size_for(&random);
        errno = 0;
        blocks[count] = one((unsigned)draw_below(&random, ways), size);
        if (blocks[count] == NULL) {
            DEMAND(errno == ENOMEM, "errno is %d and not ENOMEM", errno);
            break;
        }
        mark(blocks[count], size, count);
        bytes += size;
    }
    DEMAND(count < MOST, "memory did not run out after %.0f MiB", mib(bytes));
    return bytes;
}

static void check_all(const char *when) {
    for (size_t i = 0; i < count; i++) {
        DEMAND(blocks[i]->seed == i, "%s: block %zu was overwritten", when, i);
        check_mark(blocks[i], blocks[i]->size, when);
    }
}

/* Everything that cannot succeed now; the blocks must not notice. */
static void fail_in_all_ways(void) {
    static const size_t sizes[] = {64 * MIB, 512 * MIB, SIZE_MAX / 2, SIZE_MAX - 4096, SIZE_MAX};
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (unsigned way = 0; way < 5; way++) {
            errno = 0;
            DEMAND(one(way, sizes[i]) == NULL, "%zu bytes were handed out", sizes[i]);
            DEMAND(errno == ENOMEM, "errno is %d and not ENOMEM", errno);
        }
        errno = 0;
        DEMAND(bitslab_realloc(blocks[count / 2], sizes[i]) == NULL && errno == ENOMEM,
               "realloc to %zu succeeded, or errno is %d", sizes[i], errno);
        errno = 0;
        DEMAND(bitslab_calloc(sizes[i], 3) == NULL && errno == ENOMEM, "calloc, errno %d", errno);
    }
}

static void empty(void) {
    for (size_t i = 0; i < count; i++) {
        errno = 1234;
        bitslab_free(blocks[i]);
        DEMAND(errno == 1234, "free changed errno to %d", errno);
    }
}

static size_t first, second;

static void fill_twice(size_t (*size_for)(uint64_t *), unsigned ways) {
    first = fill(size_for, ways);
    check_all("when memory ran out");
    fail_in_all_ways();
    check_all("after requests that failed");
    empty();
    second = fill(size_for, ways);
    check_all("the second time");
    empty();
    DEMAND(first > LIMIT_BYTES / USED_PART, "only %.0f of %.0f MiB were used", mib(first),
           mib(LIMIT_BYTES));
    DEMAND(second > first - first / LOST_PART, "%.1f MiB fitted at first, only %.1f later",
           mib(first), mib(second));
}

/* The pages of one kind of block serve the other. */
static void small_then_wide(size_t (*size_for)(uint64_t *), unsigned ways) {
    fill_twice(small_size, ways);
    size_t small = first;
    fill_twice(size_for, ways);
    first = small;
}

static void huge_then_small(size_t (*size_for)(uint64_t *), unsigned ways) {
    fill_twice(huge_size, ways);
    size_t huge = first;
    fill_twice(size_for, ways);
    first = huge;
}

/* Before stage 6, ended threads keep their memory. ThreadSanitizer ends the program when a new
 * thread finds no memory for its trace. */
#if STAGE >= 6 && !defined(UNDER_TSAN)
#define WITH_THREADS 1
struct part {
    struct marked *blocks[MOST / 8];
    size_t count;
};

/* What libc, and a sanitizer, need to start four threads. It is set aside, since the allocator keeps
 * what the threads before had. */
#define START_BYTES (2 * MIB)

static void *set_aside(void) {
    void *memory =
        mmap(NULL, START_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    DEMAND(memory != MAP_FAILED, "no memory to start threads with");
    return memory;
}

static pthread_barrier_t all_run;

/* Threads that run out together, when all have started. */
static void *fill_part(void *item) {
    struct part *part = item;
    uint64_t random = seeded((uintptr_t)part);
    pthread_barrier_wait(&all_run);
    for (part->count = 0; part->count < MOST / 8; part->count++) {
        size_t size = MARKED_MIN + draw_below(&random, 2000);
        struct marked *block = bitslab_malloc(size);
        if (block == NULL) {
            DEMAND(errno == ENOMEM, "errno is %d and not ENOMEM", errno);
            break;
        }
        mark(block, size, part->count);
        part->blocks[part->count] = block;
    }
    return NULL;
}

static void threads(size_t (*size_for)(uint64_t *), unsigned ways) {
    static struct part parts[4];
    (void)size_for, (void)ways;
    pthread_barrier_init(&all_run, NULL, 4);
    void *aside[2] = {set_aside(), set_aside()};
    for (unsigned round = 0; round < 2; round++) {
        munmap(aside[round], START_BYTES);
        run_threads(4, fill_part, parts, sizeof parts[0]);
        size_t bytes = 0;
        for (unsigned i = 0; i < 4; i++) {
            for (size_t j = 0; j < parts[i].count; j++) {
                struct marked *block = parts[i].blocks[j];
                DEMAND(block->seed == j, "block %zu of thread %u was overwritten", j, i);
                bytes += block->size;
                end_marked(block, "threads");
            }
        }
        *(round == 0 ? &first : &second) = bytes;
    }
    DEMAND(second > first - first / LOST_PART, "%.1f MiB fitted at first, only %.1f later",
           mib(first), mib(second));
}
#endif

static const struct {
    const char *name;
    void (*run)(size_t (*)(uint64_t *), unsigned);
    size_t (*size_for)(uint64_t *);
    unsigned ways;
} cases[] = {
    {"mixed sizes, malloc", fill_twice, mixed_size, 1},
    {"mixed sizes, all functions", fill_twice, mixed_size, 5},
    {"small", fill_twice, small_size, 1},
    {"huge", fill_twice, huge_size, 5},
    {"small, then wide", small_then_wide, wide_size, 1},
    {"huge, then small", huge_then_small, small_size, 1},
#if defined(WITH_THREADS)
    {"four threads", threads, NULL, 0},
#endif
};

static void run(unsigned number, int resource) {
    size_t used = memory_status(resource == RLIMIT_AS ? "VmSize" : "VmData");
    struct rlimit limit = {used + LIMIT_BYTES, used + LIMIT_BYTES};
    /* Threads' stacks and the C library's arenas are to be no part of it. */
    if (cases[number].size_for == NULL) limit.rlim_cur = limit.rlim_max += 80 * MIB;
#if defined(UNDER_VALGRIND)
    mapping_limit(limit.rlim_cur - used);
#else
    DEMAND(setrlimit(resource, &limit) == 0, "setrlimit: %s", strerror(errno));
#endif
    cases[number].run(cases[number].size_for, cases[number].ways);
    printf("%s, %s: %.1f MiB fitted, %.1f the second time\n",
           resource == RLIMIT_AS ? "RLIMIT_AS" : "RLIMIT_DATA", cases[number].name, mib(first),
           mib(second));
    fflush(stdout);
    _exit(0);
}

int main(void) {
    static const int resources[] = {RLIMIT_AS, RLIMIT_DATA};
    bool good = true;
    for (unsigned i = 0; i < LIMITS * sizeof cases / sizeof cases[0]; i++) {
        int status;
        /* It gives wide blocks mappings of their own, and never unmaps superpages. */
        if (HARDENED && cases[i / LIMITS].run == small_then_wide) continue;
        pid_t child = fork();
        if (child == 0) run(i / LIMITS, resources[i % 2]);
        DEMAND(child > 0 && waitpid(child, &status, 0) == child, "no child process");
        if (status == 0) continue;
        fprintf(stderr, "%s: failed with status %#x\n", cases[i / LIMITS].name, status);
        good = false;
    }
    return good ? 0 : 1;
}
