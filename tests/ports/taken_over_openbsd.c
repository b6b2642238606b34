/* taken_over_openbsd.c -- malloc taken over on a model of OpenBSD: its keys allocate, and so do its names.
 *
 * override*.c are part of this program, so the model's calloc and free (doubles/openbsd_threads.c) come to
 * bitslab, too: when a thread arms its exit hook, when it looks at a key, and when it is all but gone.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bitslab.h"

#define THREADS 2000
#define AT_ONCE 4

void *malloc_conceal(size_t size);
void *calloc_conceal(size_t count, size_t size);
void freezero(void *block, size_t size);
void *recallocarray(void *block, size_t old_count, size_t count, size_t size);

#define MUST(condition) ((condition) ? (void)0 : not_so(#condition, __LINE__))
static _Noreturn void not_so(const char *what, int line) {
    fprintf(stderr, "taken_over_openbsd.c:%d: not so: %s\n", line, what);
    abort();
}

static bool all(const char *block, char c, size_t bytes) {
    for (size_t i = 0; i < bytes; i++)
        if (block[i] != c) return false;
    return true;
}

static void names(void) {
    char *block = malloc_conceal(50), *zeros = calloc_conceal(5, 10);
    MUST(all(zeros, 0, 50) && bitslab_usable_size(block) >= 50);
    free(zeros), freezero(NULL, 50);
    memset(block, 'x', 50);
    char *volatile stale = block;
    freezero(block, 50);
    MUST(all(stale, 0, 50)); /* bitslab leaves freed bins alone */
    char *array = recallocarray(NULL, 7, 10, 10);
    MUST(all(array, 0, 100));
    free(memset(malloc(300), 'q', 300)); /* what comes next is not zero by itself */
    char *larger = recallocarray(memset(array, 'y', 100), 10, 30, 10);
    MUST(all(larger, 'y', 100) && all(larger + 100, 0, 200));
    stale = larger;
    char *smaller = recallocarray(larger, 30, 5, 10);
    MUST(all(smaller, 'y', 50) && stale != smaller && all(stale, 0, 300));
    MUST(recallocarray(smaller, 5, 5, 10) == smaller);
    errno = 0;
    MUST(recallocarray(smaller, 5, SIZE_MAX / 2, 10) == NULL && errno == ENOMEM);
    errno = 0;
    MUST(recallocarray(smaller, SIZE_MAX / 2, 5, 10) == NULL && errno == EINVAL);
    errno = 0;
    MUST(recallocarray(smaller, 5, PTRDIFF_MAX / 10, 10) == NULL && errno == ENOMEM);
    MUST(all(smaller, 'y', 50));
    free(smaller);
}

/* Of a program's own; its cells are among those that are freed at the end. */
static pthread_key_t keys[3];
static void destroy(void *block) { free(block); }

static void *run(void *number) {
    if ((uintptr_t)number % 3 == 0) (void)pthread_getspecific(keys[0]); /* its first call of all */
    for (unsigned i = 0; i < 3; i++) pthread_setspecific(keys[i], malloc(100 * i + 1));
    char *block = malloc((uintptr_t)number % 100 * 50 + 1);
    block[0] = 'z';
    return block;
}

static void some_threads(unsigned count) {
    for (uintptr_t i = 0; i < count / AT_ONCE; i++) {
        pthread_t some[AT_ONCE];
        for (unsigned k = 0; k < AT_ONCE; k++)
            MUST(pthread_create(&some[k], NULL, run, (void *)(i + k)) == 0);
        for (unsigned k = 0; k < AT_ONCE; k++) {
            char *left;
            pthread_join(some[k], (void **)&left);
            MUST(left[0] == 'z' && bitslab_usable_size(left) >= 1);
            free(left);
        }
        bitslab_trim(); /* this thread's caches hold bins of superpages that others could use */
    }
}

/* In a child only the forking thread is left; new ones come to the addresses of those that are not. */
static atomic_bool go_on, halted;
static void *halt(void *unused) {
    free(malloc(100));
    halted = true;
    while (!go_on) usleep(100);
    return unused;
}

static int is_it(void *wanted, const struct bitslab_block *block) {
    return block->address == wanted;
}

static void forked(void) {
    pthread_t other;
    void *mine = malloc(100);
    MUST(bitslab_walk(is_it, mine));
    struct bitslab_stats before, after;
    pthread_create(&other, NULL, halt, NULL);
    while (!halted) usleep(100);
    pid_t child = fork();
    if (child == 0) {
        MUST(bitslab_walk(is_it, mine)); /* its heap is the same as before */
        bitslab_stats(&before);
        some_threads(40);
        bitslab_stats(&after);
        MUST(after.threads_ended - before.threads_ended == 40);
        _exit(0);
    }
    int status = -1;
    MUST(waitpid(child, &status, 0) == child && status == 0);
    free(mine);
    go_on = true;
    pthread_join(other, NULL);
}

int main(void) {
    struct bitslab_stats before, after;
    names();
    for (unsigned i = 0; i < 3; i++) MUST(pthread_key_create(&keys[i], destroy) == 0);
    some_threads(THREADS / 4);
    bitslab_stats(&before);
    some_threads(THREADS);
    bitslab_stats(&after);
    MUST(after.threads_ended - before.threads_ended == THREADS);
    MUST(after.heaps <= 4 * AT_ONCE);
    MUST(after.mapped_bytes <= before.mapped_bytes + ((size_t)16 << 20));
    forked();
    printf("malloc taken over: 4 names, %u threads, a fork\n", THREADS);
    return 0;
}
