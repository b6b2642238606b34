/* darwin_threads.c -- keys by the rules of macOS (libpthread, pthread_tsd.c).
 *
 * When a thread ends, each key's value is cleared and its destructor called, for all keys in turn, four
 * times over. What a destructor sets in the last round stays readable until the thread is gone.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "kernel.h"

#undef pthread_key_create
#undef pthread_key_delete
#undef pthread_getspecific
#undef pthread_setspecific
#define KEYS 64

static void (*_Atomic destructors[KEYS])(void *);
static atomic_uint made = 1; /* 0 is nobody's key */
static _Thread_local void *values[KEYS];
static _Thread_local bool watched;
_Thread_local bool darwin_keys_destroyed; /* for the test: this thread's destructors have run */
static pthread_key_t at_end;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void end_thread(void *unused) {
    (void)unused;
    for (unsigned round = 0; round < 4; round++)
        for (unsigned key = 0; key < made; key++) {
            void *value = values[key];
            if (value == NULL) continue;
            values[key] = NULL;
            if (destructors[key] != NULL) destructors[key](value);
        }
    darwin_keys_destroyed = true;
}

static void make_end(void) { pthread_key_create(&at_end, end_thread); }

int darwin_key_create(pthread_key_t *key, void (*destructor)(void *)) {
    *key = made++;
    if (*key >= KEYS) kernel_wrong("63 keys");
    destructors[*key] = destructor;
    return 0;
}

int darwin_key_delete(pthread_key_t key) {
    destructors[key] = NULL;
    return 0;
}

void *darwin_getspecific(pthread_key_t key) {
    if (key == 0 || key >= made) kernel_wrong("the value of a key that was not made");
    return values[key];
}

int darwin_setspecific(pthread_key_t key, const void *value) {
    if (key == 0 || key >= made) kernel_wrong("setting a key that was not made");
    pthread_once(&once, make_end);
    if (!watched) pthread_setspecific(at_end, &watched);
    watched = true;
    values[key] = (void *)value;
    return 0;
}
