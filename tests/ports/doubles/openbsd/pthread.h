/* pthread.h -- OpenBSD's keys: to look at a value allocates, too. */
#ifndef TESTS_PORTS_DOUBLES_OPENBSD_PTHREAD_H
#define TESTS_PORTS_DOUBLES_OPENBSD_PTHREAD_H

#include_next <pthread.h>

int openbsd_key_create(pthread_key_t *key, void (*destructor)(void *));
int openbsd_key_delete(pthread_key_t key);
void *openbsd_getspecific(pthread_key_t key);
int openbsd_setspecific(pthread_key_t key, const void *value);
int openbsd_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void));

#define pthread_key_create openbsd_key_create
#define pthread_key_delete openbsd_key_delete
#define pthread_getspecific openbsd_getspecific
#define pthread_setspecific openbsd_setspecific
#define pthread_atfork openbsd_atfork

#endif
