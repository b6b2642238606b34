/* stranded.c -- memory that belongs to a thread which never calls again must not be lost.
 *
 * Thread A allocates 400 MiB in small blocks and goes to sleep for ever. B frees them all and
 * allocates the same again, for 20 rounds. An allocator that waits for A to fetch what strangers
 * freed needs 800 MiB; here the peak stays under 1.1 x what one round needs. Variants: a new A in
 * each round; and with 100 MiB: B is four threads, and A ends half way. Each variant runs in a
 * process of its own, for peaks never fall; the array that holds the pointers is not counted.
 *
 * Stages: 6
 * Seconds: 20
 * Flavours: default key
 */
#include <sys/mman.h>
#include <sys/wait.h>

#include "stress.h"
#include "support/threads.h"

#define BLOCK (128 - SPARE_BYTES)
#define BLOCKS (SCALED(400, 80, 100) * MIB / BLOCK)
#define FEWER_BLOCKS (BLOCKS / SCALED(4, 1, 2))
#define ROUNDS FEWER(20)
#define HELPERS 4
#define LIMIT 1.1
#define LIMIT_MORE_MIB SCALED(0, 32, 32) /* what is mapped need not be resident */

static uint64_t **blocks;
static size_t count;
static size_t base;
static double one_round;
static pthread_barrier_t filled, ended, among_helpers;
static bool a_ends;

static void fill(size_t from, size_t to) {
    for (size_t i = from; i < to; i++) {
        blocks[i] = bitslab_malloc(BLOCK);
        DEMAND(blocks[i] != NULL, "no memory for block %zu", i);
        blocks[i][0] = i; /* one word in each of its cache lines */
        blocks[i][BLOCK / 8 - 1] = ~i;
    }
}

static void empty(size_t from, size_t to) {
    for (size_t i = from; i < to; i++) {
        DEMAND(blocks[i][0] == i && blocks[i][BLOCK / 8 - 1] == ~i, "block %zu was overwritten", i);
        bitslab_free(blocks[i]);
    }
}

/* The most memory that there was: resident, or where a tool's own is resident beside it, mapped. */
static size_t peak_bytes(void) {
    struct bitslab_stats stats;
    bitslab_stats(&stats);
    return UNDER_TOOL ? stats.mapped_peak_bytes : memory_status("VmHWM");
}

/* A: allocates everything, and then sleeps, or ends when it is told to. */
static void *allocate_and_sleep(void *item) {
    (void)item;
    fill(0, count);
    pthread_barrier_wait(&filled);
    if (a_ends) {
        pthread_barrier_wait(&ended);
        return NULL;
    }
    for (;;) pause();
}

static pthread_t start_a(void) {
    pthread_t a = start_thread(allocate_and_sleep, NULL);
    pthread_barrier_wait(&filled);
    return a;
}

static void first_round(pthread_t *a) {
    base = peak_bytes();
    *a = start_a();
    one_round = mib(peak_bytes() - base);
}

static void sleeping(void) {
    pthread_t a;
    first_round(&a);
    for (unsigned round = 0; round < ROUNDS; round++) {
        empty(0, count);
        fill(0, count);
    }
}

static void ends_half_way(void) {
    pthread_t a;
    a_ends = true;
    first_round(&a);
    for (unsigned round = 0; round < ROUNDS; round++) {
        empty(0, count / 2);
        if (round == 0) {
            pthread_barrier_wait(&ended);
            pthread_join(a, NULL);
        }
        empty(count / 2, count);
        fill(0, count);
    }
}

static void new_one_each_round(void) {
    pthread_t a;
    first_round(&a);
    for (unsigned round = 0; round < ROUNDS; round++) {
        empty(0, count);
        start_a();
    }
}

static void *help(void *item) {
    size_t number = *(size_t *)item;
    size_t from = number * (count / HELPERS), to = from + count / HELPERS;
    for (unsigned round = 0; round < ROUNDS; round++) {
        empty(from, to);
        pthread_barrier_wait(&among_helpers);
        fill(from, to);
    }
    return NULL;
}

static void four_helpers(void) {
    size_t numbers[HELPERS] = {0, 1, 2, 3};
    pthread_t a;
    pthread_barrier_init(&among_helpers, NULL, HELPERS);
    first_round(&a);
    run_threads(HELPERS, help, numbers, sizeof numbers[0]);
}

/* As above, but each helper frees what another one allocated in the round before. */
static void *help_others(void *item) {
    size_t number = *(size_t *)item;
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t from = (number + round) % HELPERS * (count / HELPERS);
        empty(from, from + count / HELPERS);
        pthread_barrier_wait(&among_helpers);
        fill(from, from + count / HELPERS);
        pthread_barrier_wait(&among_helpers);
    }
    return NULL;
}

static void four_helpers_in_turn(void) {
    size_t numbers[HELPERS] = {0, 1, 2, 3};
    pthread_t a;
    pthread_barrier_init(&among_helpers, NULL, HELPERS);
    first_round(&a);
    run_threads(HELPERS, help_others, numbers, sizeof numbers[0]);
}

static const struct variant {
    const char *name;
    void (*run)(void);
    size_t blocks;
} variants[] = {
    {"one B", sleeping, BLOCKS},
    {"a new A each round", new_one_each_round, BLOCKS},
    {"four Bs", four_helpers, FEWER_BLOCKS},
    {"four Bs that free each other's", four_helpers_in_turn, FEWER_BLOCKS},
    {"A ends half way", ends_half_way, FEWER_BLOCKS},
};
#define VARIANTS (sizeof variants / sizeof variants[0])

static void run(const struct variant *variant) {
    double start = clock_seconds(), peak;
    pthread_barrier_init(&filled, NULL, 2);
    pthread_barrier_init(&ended, NULL, 2);
    count = variant->blocks;
    variant->run();
    peak = mib(peak_bytes() - base);
    printf("%s: peak %.1f MiB = %.3f x one round (%.1f MiB), %.1f s\n", variant->name, peak,
           peak / one_round, one_round, clock_seconds() - start);
    fflush(stdout);
    double least = mib(count * (BLOCK + SPARE_BYTES));
    if (one_round < 0.95 * least || one_round > 1.2 * least)
        fail("one round took %.1f MiB, not %.0f", one_round, least);
    if (peak >= LIMIT * one_round + LIMIT_MORE_MIB)
        fail("%s: the peak is %.3f x one round", variant->name, peak / one_round);
    _exit(0);
}

/* With an argument, only the variant of that number. */
int main(int argc, char **argv) {
    bool good = true;
    size_t bytes = BLOCKS * sizeof blocks[0];
    blocks = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (blocks == MAP_FAILED) return 77;
    for (unsigned i = 0, running = 0; i < VARIANTS || running > 0;) {
        if (i < VARIANTS && running < 2) {
            if (argc < 2 || strtoul(argv[1], NULL, 10) == i) {
                running++;
                pid_t child = fork();
                DEMAND(child >= 0, "no child process");
                if (child == 0) {
                    memset(blocks, 1, bytes); /* now it is part of the base */
                    run(&variants[i]);
                }
            }
            i++;
            continue;
        }
        int status;
        DEMAND(wait(&status) > 0, "the child is lost");
        running--;
        if (status != 0) printf("a variant failed with status %#x\n", status);
        good &= status == 0;
    }
    return good ? 0 : 1;
}
