/* pthread.h -- macOS's keys: they cost no memory, and a value stays when its destructor sets it again. */
#ifndef TESTS_PORTS_DOUBLES_DARWIN_PTHREAD_H
#define TESTS_PORTS_DOUBLES_DARWIN_PTHREAD_H

#include_next <pthread.h>

int darwin_key_create(pthread_key_t *key, void (*destructor)(void *));
int darwin_key_delete(pthread_key_t key);
void *darwin_getspecific(pthread_key_t key);
int darwin_setspecific(pthread_key_t key, const void *value);

#define pthread_key_create darwin_key_create
#define pthread_key_delete darwin_key_delete
#define pthread_getspecific darwin_getspecific
#define pthread_setspecific darwin_setspecific

#endif
