/* paths.c -- takes one fast path as often as the second argument says: calloc, realloc, remote.
 *
 * For `remote`, another thread allocates the blocks that main frees; `handed` stops before that, so
 * the difference of the two is the frees.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bitslab.h"

enum { MOST = 50000 };

static void *blocks[MOST];
static long count;
static pthread_barrier_t allocated;

static void *allocate(void *unused) {
    for (long i = 0; i < count; i++) blocks[i] = bitslab_malloc(48);
    pthread_barrier_wait(&allocated);
    for (;;) pause();
    return unused;
}

/* The thread lives on, so that its blocks stay a stranger's. */
static void from_another_thread(void) {
    pthread_t thread;
    if (pthread_barrier_init(&allocated, NULL, 2) != 0) exit(1);
    if (pthread_create(&thread, NULL, allocate, NULL) != 0) exit(1);
    pthread_barrier_wait(&allocated);
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    count = atol(argv[2]);
    if (count > MOST) return 2;
    if (strcmp(argv[1], "calloc") == 0) {
        for (long i = 0; i < count; i++) bitslab_free(bitslab_calloc(1, 64));
    } else if (strcmp(argv[1], "realloc") == 0) {
        void *block = bitslab_malloc(100);
        for (long i = 0; i < count; i++) block = bitslab_realloc(block, 97 + (size_t)i % 16);
        bitslab_free(block);
    } else {
        from_another_thread();
        bool stops = strcmp(argv[1], "handed") == 0;
        for (long i = 0; i < count && !stops; i++) bitslab_free(blocks[i]);
    }
    return 0;
}
