/* forks.c -- fork() from any thread at any moment, while the OS refuses at random on both sides.
 *
 * Workers that exchange blocks, come and go, and fork: in each child all other threads are gone,
 * caught in the middle of anything. The child goes on allocating, starts a thread, may fork again,
 * frees all that it inherited, finds the invariants of its own heap in order, and ends in time;
 * meanwhile the parent works on.
 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "os_faults.h"
#include "stress/stress.h"
#include "support/threads.h"

#define LANES 3
#define GENERATIONS 10
#define FORKS_EACH 4
#define SLOTS 128

static _Atomic(struct marked *) table[SLOTS];
struct sum {
    atomic_ulong forks, swaps, nulls, refused;
};

static struct sum *sum;             /* shared by all processes      */
static unsigned child_seconds = 20; /* or what FORKS_SECONDS says */

static size_t size_for(uint64_t *random) {
    switch (draw_below(random, 50)) {
    case 0: return 2 * MIB + draw_below(random, MIB);
    case 1:
    case 2: return 64 * KIB + draw_below(random, 300 * KIB);
    default: return MARKED_MIN + draw_below(random, 3000);
    }
}

static void swap_some(uint64_t *random, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        size_t size = size_for(random);
        unsigned long met = faults_met();
        struct marked *block = bitslab_malloc(size);
        DEMAND(block != NULL || faults_met() != met, "NULL, but nothing was refused");
        if (block != NULL) mark(block, size, *random);
        else atomic_fetch_add(&sum->nulls, 1);
        block = atomic_exchange(&table[draw_below(random, SLOTS)], block);
        end_marked(block, "swap");
        atomic_fetch_add(&sum->swaps, 1);
    }
}

static void *thread_of_child(void *item) {
    uint64_t random = seeded((uintptr_t)item + 7000);
    swap_some(&random, 100);
    return NULL;
}

static void fork_one(uint64_t *random, unsigned depth);

_Noreturn static void child(uint64_t random, unsigned depth) {
    signal(SIGALRM, SIG_DFL);
    alarm(child_seconds);
    unsigned long refused = faults_refused(); /* by the parent */
    swap_some(&random, 100);
    bitslab_check();
    if (depth < 2 && draw_below(&random, 4) == 0) fork_one(&random, depth + 1);
    in_thread(thread_of_child, (void *)(uintptr_t)random);
    for (unsigned i = 0; i < SLOTS; i++) end_marked(atomic_exchange(&table[i], NULL), "inherited");
    bitslab_trim();
    swap_some(&random, 20);
    bitslab_check();
    atomic_fetch_add(&sum->refused, faults_refused() - refused);
    _exit(0);
}

static void fork_one(uint64_t *random, unsigned depth) {
    int status;
    pid_t pid = fork();
    if (pid == 0) child(*random + 1, depth);
    DEMAND(pid > 0, "fork failed: %s", strerror(errno));
    atomic_fetch_add(&sum->forks, 1);
    swap_some(random, 50);
    DEMAND(waitpid(pid, &status, 0) == pid, "the child is lost");
    DEMAND(!WIFSIGNALED(status) || WTERMSIG(status) != SIGALRM, "a child did not end within %u s",
           child_seconds);
    DEMAND(status == 0, "a child ended with status %#x", status);
}

static void *work(void *item) {
    uint64_t random = seeded((uintptr_t)item);
    for (unsigned i = 0; i < FORKS_EACH; i++) {
        swap_some(&random, 30 + (unsigned)draw_below(&random, 200));
        fork_one(&random, 0);
    }
    return NULL;
}

static void *lane(void *item) {
    for (uintptr_t i = 0; i < GENERATIONS; i++)
        in_thread(work, (void *)((uintptr_t)item * GENERATIONS + i));
    return NULL;
}

int main(void) {
    static const struct faults faults = {REFUSE_RANDOM, 2, ALL_FUNCTIONS, 0, PURGE_ZEROES, false};
    pthread_t lanes[LANES];
    struct bitslab_survey left;
    sum = mmap(NULL, sizeof *sum, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    DEMAND(sum != MAP_FAILED, "no shared memory");
    if (getenv("FORKS_SECONDS") != NULL) child_seconds = (unsigned)atoi(getenv("FORKS_SECONDS"));
    faults_arm(&faults);
    for (uintptr_t i = 0; i < LANES; i++) lanes[i] = start_thread(lane, (void *)i);
    for (unsigned i = 0; i < LANES; i++) pthread_join(lanes[i], NULL);
    faults_disarm();
    for (unsigned i = 0; i < SLOTS; i++) end_marked(table[i], "end");
    bitslab_trim();
    bitslab_survey(&left);
    DEMAND(left.superpages_pooled == left.superpages, "%zu of %zu superpages are in the pool",
           left.superpages_pooled, left.superpages);
    printf("forks %lu swaps %lu nulls %lu refused %lu\n", (unsigned long)sum->forks,
           (unsigned long)sum->swaps, (unsigned long)sum->nulls,
           (unsigned long)sum->refused + faults_refused());
    return 0;
}
