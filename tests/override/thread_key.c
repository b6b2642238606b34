/* thread_key.c -- a program that keeps the first keys for itself: setting the value of any other calls calloc.
 *
 * So the library's exit hook is armed by a call that comes back to it, in each thread. The program also
 * frees behind the hook: what glibc frees of the later keys' tables, and in destructors of its own.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_KEYS 32 /* whose values lie in the thread's descriptor */
#define THREADS 2000

static pthread_key_t own_key;
static atomic_uint others; /* sets of values of later keys that are not the program's own */

/* The library's call comes here. */
int pthread_key_create(pthread_key_t *key, void (*destructor)(void *)) {
    static int (*create)(pthread_key_t *, void (*)(void *));
    if (create == NULL) {
        *(void **)&create = dlsym(RTLD_NEXT, "pthread_key_create");
        do
            if (create(key, NULL) != 0) return 11;
        while (*key + 1 < FIRST_KEYS);
    }
    return create(key, destructor);
}

int pthread_setspecific(pthread_key_t key, const void *value) {
    static int (*set)(pthread_key_t, const void *);
    if (set == NULL) *(void **)&set = dlsym(RTLD_NEXT, "pthread_setspecific");
    others += key >= FIRST_KEYS && key != own_key;
    return set(key, value);
}

static void destroy(void *block) {
    static _Thread_local unsigned round;
    free(block);
    block = malloc(300);
    memset(block, 1, 300);
    if (++round < 4) pthread_setspecific(own_key, block); /* glibc calls four times */
    else free(block);
}

static void *run(void *number) {
    void *volatile block = malloc((size_t)number % 3000 + 1);
    pthread_setspecific(own_key, malloc(100));
    free(block);
    return malloc(50);
}

int main(void) {
    pthread_t threads[4];
    pthread_key_create(&own_key, destroy);
    for (size_t i = 0; i < THREADS; i += 4) {
        void *left;
        for (unsigned k = 0; k < 4; k++)
            if (pthread_create(&threads[k], NULL, run, (void *)(i + k)) != 0) return 1;
        for (unsigned k = 0; k < 4; k++) pthread_join(threads[k], &left), free(left);
    }
    printf("the library's key was set %u times\n", others);
    return own_key < FIRST_KEYS || others < THREADS;
}
