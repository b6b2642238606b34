/* host.c -- `host LIBRARY [FILLER...]`: opens the fillers while that works, then the library, and uses
 * it from threads; one of them ends after the library was closed.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *(*allocate)(size_t);
static void (*give_back)(void *);
static pthread_barrier_t barrier;

static void *work(void *argument) {
    static void *blocks[1000];
    for (size_t round = 0; round < 20; round++) {
        for (size_t i = 0; i < 1000; i++) {
            blocks[i] = allocate(i * 7 + 1);
            if (blocks[i] == NULL) abort();
            memset(blocks[i], (int)i, i * 7 + 1);
        }
        for (size_t i = 0; i < 1000; i++) {
            if (((unsigned char *)blocks[i])[i * 7] != i % 256) abort();
            give_back(blocks[i]);
        }
    }
    pthread_barrier_wait(&barrier); /* the library may be closed now ...          */
    pthread_barrier_wait(&barrier); /* ... and was, before this thread's exit hook */
    return argument;
}

int main(int count, char **words) {
    pthread_t thread;
    int filled = 0;
    for (int i = 2; i < count; i++) filled += dlopen(words[i], RTLD_NOW) != NULL;
    void *library = dlopen(words[1], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        printf("%s\n", dlerror());
        return 3;
    }
    *(void **)&allocate = dlsym(library, "bitslab_malloc");
    *(void **)&give_back = dlsym(library, "bitslab_free");
    if (allocate == NULL || give_back == NULL) return 1;
    pthread_barrier_init(&barrier, NULL, 2);
    if (pthread_create(&thread, NULL, work, NULL) != 0) return 1;
    pthread_barrier_wait(&barrier);
    give_back(allocate(100));
    if (dlclose(library) != 0) return 1;
    pthread_barrier_wait(&barrier);
    if (pthread_join(thread, NULL) != 0) return 1;
    printf("used, after %d fillers\n", filled);
    return 0;
}
