/* memory_returns.c -- what is freed goes back to the operating system.
 *
 * Threads allocate blocks of all sizes and free them, some their own and some each other's; then
 * bitslab_trim(). What is resident must be within 4 MiB of the start. Each variant runs in a
 * process of its own, so that it starts with nothing.
 *
 * Stages: 6
 * Seconds: 4
 * Flavours: default
 */
#include <sys/mman.h>
#include <sys/wait.h>

#include "stress.h"
#include "support/memory.h"
#include "support/threads.h"

#define WORKERS 4
#define PER_WORKER SCALED(30000, 20000, 30000)
#define LIMIT (4 * MIB + TOOL_KEEPS_BYTES)

static struct marked *(*blocks)[PER_WORKER];
static pthread_barrier_t barrier;

/* Every power of two from 32 B to 1 MiB about equally often in bytes, and a few huge blocks. */
static size_t size_for(uint64_t *random) {
    unsigned shift = 5;
    while (shift < 20 && draw_below(random, 100) < 60) shift++;
    size_t size = ((size_t)1 << shift) + draw_below(random, (size_t)1 << shift);
    return draw_below(random, 5000) == 0 ? 3 * MIB + size : size;
}

static void fill(size_t worker) {
    uint64_t random = seeded(worker);
    for (size_t i = 0; i < PER_WORKER; i++)
        blocks[worker][i] = new_marked(size_for(&random), worker);
}

static void empty(size_t worker, size_t from, size_t step) {
    for (size_t i = from; i < PER_WORKER; i += step) end_marked(blocks[worker][i], "returns");
}

static void one_thread(void) {
    fill(0);
    empty(0, 0, 1);
}

static void one_thread_odd_then_even(void) {
    fill(0);
    empty(0, 1, 2);
    empty(0, 0, 2);
}

static void *own(void *item) {
    size_t number = *(size_t *)item;
    fill(number);
    pthread_barrier_wait(&barrier);
    empty(number, 0, 1);
    return NULL;
}

static void *neighbours(void *item) {
    size_t number = *(size_t *)item;
    fill(number);
    pthread_barrier_wait(&barrier);
    for (size_t other = 0; other < WORKERS; other++) empty(other, number, WORKERS);
    return NULL;
}

static void *fill_only(void *item) {
    fill(*(size_t *)item);
    return NULL;
}

static void threads(void *(*work)(void *)) {
    size_t numbers[WORKERS] = {0, 1, 2, 3};
    pthread_barrier_init(&barrier, NULL, WORKERS);
    run_threads(WORKERS, work, numbers, sizeof numbers[0]);
}

static void four_threads(void) { threads(own); }
static void each_others(void) { threads(neighbours); }

static void freed_after_their_end(void) {
    threads(fill_only);
    for (size_t worker = 0; worker < WORKERS; worker++) empty(worker, 0, 1);
}

/* The owners are alive and idle; the first thread frees all they have. */
static void *fill_and_sleep(void *item) {
    fill(*(size_t *)item);
    pthread_barrier_wait(&barrier);
    for (;;) pause();
    return NULL;
}

static void owners_asleep(void) {
    static size_t numbers[WORKERS] = {0, 1, 2, 3};
    pthread_barrier_init(&barrier, NULL, WORKERS + 1);
    for (unsigned i = 0; i < WORKERS; i++) start_thread(fill_and_sleep, &numbers[i]);
    pthread_barrier_wait(&barrier);
    for (size_t worker = 0; worker < WORKERS; worker++) empty(worker, 0, 1);
}

static const struct variant {
    const char *name;
    void (*run)(void);
    size_t limit;
} variants[] = {
    {"one thread", one_thread, LIMIT},
    {"one thread, odd ones first", one_thread_odd_then_even, LIMIT},
    {"four threads", four_threads, LIMIT},
    {"four threads, each other's", each_others, LIMIT},
    {"freed after the threads' end", freed_after_their_end, LIMIT},
    /* What a running thread keeps for itself stays with it, and it must wake up to give it back. */
    {"owners asleep", owners_asleep, WORKERS * 24 * MIB},
};

static void run(const struct variant *variant) {
    struct bitslab_stats stats;
    size_t start = resident_now();
    variant->run();
    bitslab_stats(&stats);
    size_t peak = stats.mapped_peak_bytes, freed = resident_now();
    bitslab_trim();
    size_t end = resident_now(), left = end > start ? end - start : 0;
    printf("%s: %.1f MiB mapped at the peak, %.1f resident when freed, %.2f after the trim\n",
           variant->name, mib(peak), mib(freed > start ? freed - start : 0), mib(left));
    fflush(stdout);
    DEMAND(peak > 50 * MIB, "%s: only %.1f MiB were used", variant->name, mib(peak));
    DEMAND(left <= variant->limit, "%s: %.1f MiB stay resident", variant->name, mib(left));
    _exit(0);
}

int main(void) {
    bool good = true;
    size_t bytes = WORKERS * sizeof *blocks;
    blocks = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (blocks == MAP_FAILED) return 77;
    for (unsigned i = 0; i < sizeof variants / sizeof variants[0]; i++) {
        int status;
        pid_t child = fork();
        if (child == 0) {
            memset(blocks, 1, bytes);
            run(&variants[i]);
        }
        DEMAND(child > 0 && waitpid(child, &status, 0) == child, "no child process");
        if (status != 0) printf("%s: failed with status %#x\n", variants[i].name, status);
        good &= status == 0;
    }
    return good ? 0 : 1;
}
