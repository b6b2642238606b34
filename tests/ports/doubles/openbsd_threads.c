/* openbsd_threads.c -- keys by the rules of OpenBSD (libc, rthread_tls.c).
 *
 * A value lies in a cell that calloc makes when the thread first looks at the key or sets it. When the
 * thread ends, destructors are called, four times over; then the cells are taken off the list and freed
 * one by one. Whoever looks at a key meanwhile gets a new cell, which is then freed, too: a free that
 * does so never comes to an end.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "kernel.h"

#undef pthread_key_create
#undef pthread_key_delete
#undef pthread_getspecific
#undef pthread_setspecific
#undef pthread_atfork
#define KEYS 64
#define CELLS_MOST 10000

struct cell {
    pthread_key_t key;
    void *value;
    struct cell *next;
};

static void (*_Atomic destructors[KEYS])(void *);
static atomic_uint made;
static _Thread_local struct cell *cells;
static _Thread_local bool watched;
static pthread_key_t at_end;
static pthread_once_t once = PTHREAD_ONCE_INIT;

pid_t getthrid(void) { return gettid(); }

static void free_cells(void) {
    unsigned freed = 0;
    for (struct cell *cell = cells; cell != NULL; cell = cells) {
        cells = cell->next;
        free(cell);
        if (++freed > CELLS_MOST) kernel_wrong("free looks at a key when the cells are freed");
    }
}

static void end_thread(void *unused) {
    (void)unused;
    for (unsigned round = 0; round < 4; round++)
        for (struct cell *cell = cells; cell != NULL; cell = cell->next) {
            void *value = cell->value;
            cell->value = NULL;
            if (value != NULL && destructors[cell->key] != NULL) destructors[cell->key](value);
        }
    free_cells();
}

static void make_end(void) { pthread_key_create(&at_end, end_thread); }

int openbsd_key_create(pthread_key_t *key, void (*destructor)(void *)) {
    *key = made++;
    if (*key >= KEYS) kernel_wrong("64 keys");
    destructors[*key] = destructor;
    return 0;
}

int openbsd_key_delete(pthread_key_t key) {
    destructors[key] = NULL;
    return 0;
}

static struct cell *find(pthread_key_t key) {
    static _Thread_local unsigned depth;
    struct cell *cell = cells;
    if (key >= made) kernel_wrong("a key that was not made");
    while (cell != NULL && cell->key != key) cell = cell->next;
    if (cell != NULL) return cell;
    if (++depth > 100) kernel_wrong("calloc looks at a key whose first look calls calloc");
    cell = calloc(1, sizeof *cell);
    depth--;
    if (cell == NULL) return NULL;
    cell->key = key;
    cell->next = cells;
    cells = cell;
    return cell;
}

void *openbsd_getspecific(pthread_key_t key) {
    struct cell *cell = find(key);
    return cell == NULL ? NULL : cell->value;
}

int openbsd_setspecific(pthread_key_t key, const void *value) {
    pthread_once(&once, make_end);
    if (!watched) pthread_setspecific(at_end, &watched);
    watched = true;
    struct cell *cell = find(key);
    if (cell == NULL) return 12; /* ENOMEM */
    cell->value = (void *)value;
    return 0;
}

/* libc's note of the handlers is a block, and nobody promises errno. */
int openbsd_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void)) {
    void *volatile note = malloc(40);
    free(note);
    errno = ESRCH;
    return pthread_atfork(prepare, parent, child);
}
