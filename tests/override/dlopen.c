/* dlopen.c -- opens libbitslab.so (the argument) at run time, and uses it from two threads at once.
 *
 * Blocks are exchanged, so each thread frees the other's. The program's own malloc stays the C
 * library's, and the two must not meet.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 100000
#define SLOTS 64

static void *(*ours)(size_t);
static void (*give_back)(void *);
static _Atomic(unsigned char *) table[SLOTS];
static atomic_int bad;

static void *work(void *item) {
    unsigned random = *(unsigned *)item;
    for (unsigned i = 0; i < ROUNDS; i++) {
        random = random * 1664525u + 1013904223u;
        size_t size = 16 + (random >> 12) % (i % 256 == 0 ? 100000 : 500);
        unsigned char *block = ours(size), *old;
        if (block == NULL) {
            bad++;
            return NULL;
        }
        memset(block, (int)(size % 251), size);
        memcpy(block, &size, sizeof size);
        old = atomic_exchange(&table[(random >> 8) % SLOTS], block);
        if (old == NULL) continue;
        memcpy(&size, old, sizeof size);
        for (size_t j = sizeof size; j < size; j++) bad += old[j] != size % 251;
        give_back(old);
        free(malloc(size));
    }
    return NULL;
}

int main(int count, char **words) {
    pthread_t threads[2];
    unsigned seeds[2] = {1, 2};
    void *library = count > 1 ? dlopen(words[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    if (library == NULL) {
        fprintf(stderr, "dlopen: %s\n", count > 1 ? dlerror() : "name the library");
        return 1;
    }
    *(void **)&ours = dlsym(library, "bitslab_malloc");
    *(void **)&give_back = dlsym(library, "bitslab_free");
    if (ours == NULL || give_back == NULL) {
        fprintf(stderr, "dlsym: %s\n", dlerror());
        return 1;
    }
    /* Unless it was preloaded, too, the program's malloc is another one. */
    if (getenv("LD_PRELOAD") == NULL && (void *)ours == (void *)malloc) {
        fprintf(stderr, "malloc of the program became bitslab's\n");
        return 1;
    }
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 2; i++)
            if (pthread_create(&threads[i], NULL, work, &seeds[i]) != 0) return 1;
        for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    }
    for (int i = 0; i < SLOTS; i++) give_back(table[i]);
    if (bad != 0) fprintf(stderr, "%d bytes were overwritten, or blocks refused\n", bad);
    return bad == 0 ? 0 : 1;
}
