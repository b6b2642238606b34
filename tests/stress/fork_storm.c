/* fork_storm.c -- fork() at any moment of the other threads' work.
 *
 * A process with four allocating threads forks 200 times. In the child those threads are gone,
 * caught in the middle of anything; the child must still allocate, free what it inherited, and
 * end in time: with a lock inside the allocator, some children would wait for ever.
 *
 * Stages: 6
 * Seconds: 12
 * Flavours: default tsan asan key
 */
#include <signal.h>
#include <sys/wait.h>

#include "stress.h"
#include "support/forking.h"
#include "support/threads.h"

#define WORKERS 4
#define FORKS SCALED(200, 20, 50)
#define SLOTS 256
#define CHILD_SECONDS 20

static _Atomic(struct marked *) table[SLOTS];
static atomic_bool stop;
static atomic_ullong swaps;

static size_t size_for(uint64_t *random) {
    switch (draw_below(random, 60)) {
    case 0: return 2 * MIB + draw_below(random, MIB);
    case 1:
    case 2: return 64 * KIB + draw_below(random, 200 * KIB);
    default: return MARKED_MIN + draw_below(random, 3000);
    }
}

static void swap_one(uint64_t *random) {
    struct marked *block = new_marked(size_for(random), *random);
    block =
        atomic_exchange_explicit(&table[draw_below(random, SLOTS)], block, memory_order_acq_rel);
    end_marked(block, "swap");
    atomic_fetch_add_explicit(&swaps, 1, memory_order_relaxed);
}

static void *work(void *item) {
    uint64_t random = seeded((uintptr_t)item);
    thread_runs();
    while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
        before_calls();
        swap_one(&random);
        after_calls();
    }
    return NULL;
}

#if !defined(UNDER_TSAN) /* it starts no threads in a child of a process with threads */
static void *child_work(void *item) {
    uint64_t random = seeded((uintptr_t)item + 1000);
    for (unsigned i = 0; i < 200; i++) swap_one(&random);
    return NULL;
}
#endif

static void child(unsigned number) {
    uint64_t random = seeded(number + 100);
    signal(SIGALRM, SIG_DFL);
    alarm(CHILD_SECONDS);
    for (unsigned i = 0; i < 500; i++) swap_one(&random);
#if !defined(UNDER_TSAN)
    if (number % 4 == 0) in_thread(child_work, (void *)(uintptr_t)number);
#endif
    for (unsigned i = 0; i < SLOTS; i++)
        end_marked(atomic_exchange_explicit(&table[i], NULL, memory_order_acq_rel), "inherited");
    bitslab_trim();
    end_marked(new_marked(1000, 1), "last");
    _exit(0);
}

int main(void) {
    pthread_t workers[WORKERS];
    double start = clock_seconds(), slowest = 0;
    uint64_t random = seeded(77);
    for (uintptr_t i = 0; i < WORKERS; i++) workers[i] = start_thread(work, (void *)i);
    until_threads_run(WORKERS);
    for (unsigned i = 0; i < FORKS; i++) {
        int status;
        double before = clock_seconds();
        for (unsigned j = 0; j < 50; j++) swap_one(&random);
        pid_t pid = fork_among_threads();
        if (pid == 0) child(i);
        DEMAND(pid > 0, "fork failed: %s", strerror(errno));
        for (unsigned j = 0; j < 50; j++) swap_one(&random);
        DEMAND(waitpid(pid, &status, 0) == pid, "the child is lost");
        DEMAND(!WIFSIGNALED(status) || WTERMSIG(status) != SIGALRM,
               "child %u did not end within %d s", i, CHILD_SECONDS);
        DEMAND(status == 0, "child %u ended with status %#x", i, status);
        if (clock_seconds() - before > slowest) slowest = clock_seconds() - before;
    }
    atomic_store(&stop, true);
    for (unsigned i = 0; i < WORKERS; i++) pthread_join(workers[i], NULL);
    for (unsigned i = 0; i < SLOTS; i++) end_marked(table[i], "end");
    printf("%d forks, the slowest took %.2f s; %llu blocks exchanged meanwhile, %.1f s\n", FORKS,
           slowest, (unsigned long long)swaps, clock_seconds() - start);
    return 0;
}
