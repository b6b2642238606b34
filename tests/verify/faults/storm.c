/* storm.c -- several threads at once under an OS that refuses at random.
 *
 *   storm  all kinds of OS, each in a process of its own
 *
 * The threads exchange blocks through a table, so that most blocks are freed by another thread;
 * they come and go, so that heaps and superpages change hands. NULL is an answer only where this
 * very thread was refused memory in this very call. When the storm is over and all is freed, all
 * superpages must be in the pool, as after a sweep.
 */
#include <sys/wait.h>

#include "careful.h"
#include "os_faults.h"
#include "stress/stress.h"
#include "support/threads.h"

#define LANES 4
#define GENERATIONS 12
#define OPERATIONS 500
#define SLOTS 128
#define RUN_SECONDS 60

static _Atomic(struct marked *) table[SLOTS];
static atomic_ulong operations, nulls, threads;

static size_t size_for(uint64_t *random) {
    switch (draw_below(random, 40)) {
    case 0: return 2 * MIB + draw_below(random, 2 * MIB);
    case 1:
    case 2: return 64 * KIB + draw_below(random, MIB);
    case 3:
    case 4: return 8 * KIB + draw_below(random, 60 * KIB);
    default: return MARKED_MIN + draw_below(random, 2000);
    }
}

/* What a call may answer that began after so many refusals. */
static void judge(const void *block, unsigned long met, const char *name) {
    int error = errno;
    atomic_fetch_add(&operations, 1);
    if (block != NULL) return;
    atomic_fetch_add(&nulls, 1);
    DEMAND(error == ENOMEM, "%s: NULL, but errno is %d", name, error);
    DEMAND(faults_met() != met, "%s: NULL, but this thread was refused nothing", name);
}

static void *zeroed(size_t size) {
    unsigned char *block = bitslab_calloc(1, size);
    for (size_t at = 0; block != NULL && at < size; at += at < 4096 ? 1 : 4093)
        DEMAND(block[at] == 0, "calloc: byte %zu of %zu is not zero", at, size);
    return block;
}

static struct marked *make(uint64_t *random) {
    size_t size = size_for(random);
    unsigned long met = faults_met();
    struct marked *block;
    errno = 0;
    switch (draw_below(random, 4)) {
    case 0: block = zeroed(size); break;
    case 1: block = bitslab_aligned_alloc((size_t)16 << draw_below(random, 14), size); break;
    default: block = bitslab_malloc(size);
    }
    judge(block, met, "an allocation");
    if (block != NULL) mark(block, size, *random);
    return block;
}

/* What was marked of the old size must be there at the new one, or if there is none. */
static struct marked *resized(struct marked *block, uint64_t *random) {
    size_t old_size = block->size, size = size_for(random);
    uint64_t seed = block->seed;
    unsigned long met = faults_met();
    errno = 0;
    struct marked *moved = bitslab_realloc(block, size);
    judge(moved, met, "realloc");
    if (moved == NULL) {
        check_mark(block, old_size, "after a realloc that failed");
        return block;
    }
    DEMAND(moved->size == old_size && moved->seed == seed, "realloc lost the contents");
    mark(moved, size, seed);
    return moved;
}

static void *work(void *item) {
    uint64_t random = seeded((uintptr_t)item);
    atomic_fetch_add(&threads, 1);
    for (unsigned i = 0; i < OPERATIONS; i++) {
        struct marked *block = make(&random);
        if (block != NULL && draw_below(&random, 4) == 0) block = resized(block, &random);
        block = atomic_exchange(&table[draw_below(&random, SLOTS)], block);
        end_marked(block, "from the table");
        if (draw_below(&random, 400) == 0) bitslab_trim();
    }
    return NULL;
}

static void *lane(void *item) {
    for (uintptr_t i = 0; i < GENERATIONS; i++)
        in_thread(work, (void *)((uintptr_t)item * GENERATIONS + i));
    return NULL;
}

/* Refused calls come one by one, or in bursts between which the OS has plenty. */
static void storm(const struct faults *faults, bool bursts) {
    pthread_t lanes[LANES];
    faults_arm(faults);
    for (uintptr_t i = 0; i < LANES; i++) lanes[i] = start_thread(lane, (void *)i);
    for (unsigned i = 0; bursts && i < 200; i++) {
        usleep(1000);
        if (i % 2 == 0) faults_disarm();
        else faults_resume();
    }
    for (unsigned i = 0; i < LANES; i++) pthread_join(lanes[i], NULL);
    unsigned long refused = faults_refused();
    for (unsigned i = 0; i < SLOTS; i++) end_marked(table[i], "end");
    careful_end();
    DEMAND(refused > 100, "only %lu calls were refused", refused);
    printf("refused %lu calls %lu nulls %lu threads %lu\n", refused, (unsigned long)operations,
           (unsigned long)nulls, (unsigned long)threads);
    fflush(stdout);
    _exit(0);
}

int main(void) {
    static const struct {
        struct faults faults;
        bool bursts;
    } runs[] = {
        {{REFUSE_RANDOM, 2, ALL_FUNCTIONS, 0, PURGE_ZEROES, false}, false},
        {{REFUSE_RANDOM, 10, ALL_FUNCTIONS, 0, PURGE_KEEPS_SOME, true}, false},
        {{REFUSE_RANDOM, 3, ALL_FUNCTIONS, 0, PURGE_DECOMMITS, false}, false},
        {{REFUSE_RANDOM, 4, ALL_FUNCTIONS, ONE(OS_RESIZE), PURGE_ZEROES, true}, false},
        {{REFUSE_FROM, 1, ALL_FUNCTIONS, 0, PURGE_DECOMMITS, false}, true},
    };
    for (unsigned i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        int status;
        pid_t child = fork();
        if (child == 0) {
            alarm(RUN_SECONDS);
            storm(&runs[i].faults, runs[i].bursts);
        }
        DEMAND(child > 0 && waitpid(child, &status, 0) == child, "no child process");
        DEMAND(status == 0, "storm %u ended with status %#x", i, status);
    }
    return 0;
}
