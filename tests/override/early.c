/* early.c -- malloc before main, in constructors, and free after it, in exit handlers. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT 1000

static char *early[COUNT], *late[COUNT];
static unsigned handlers, constructors;

static void give_up(const char *what) {
    fprintf(stderr, "FAILED: %s\n", what);
    _exit(1); /* exit handlers may be what is broken */
}

static char *filled(size_t size, int byte) {
    char *block = malloc(size);
    if (block == NULL) give_up("no memory");
    return memset(block, byte, size);
}

static void check_and_free(char *block, size_t size, char byte) {
    for (size_t i = 0; i < size; i++)
        if (block[i] != byte) give_up("a block was overwritten");
    free(block);
}

static void *work(void *item) {
    for (unsigned i = 0; i < 500; i++) check_and_free(filled(1 + i * 7, 3), 1 + i * 7, 3);
    return item;
}

/* 101 is the first priority that programs may use. */
__attribute__((constructor(101))) static void first(void) {
    pthread_t thread;
    constructors++;
    for (unsigned i = 0; i < COUNT; i++) early[i] = filled(1 + i * 5, 1);
    if (pthread_create(&thread, NULL, work, NULL) != 0) give_up("no thread before main");
    pthread_join(thread, NULL);
}

__attribute__((constructor)) static void second(void) {
    constructors++;
    for (unsigned i = 0; i < COUNT; i += 2) check_and_free(early[i], 1 + i * 5, 1);
}

static void at_exit(void) {
    handlers++;
    for (unsigned i = 0; i < COUNT; i++) check_and_free(late[i], 1 + i * 3, 2);
    free(filled(300000, 4));
    free(filled(5 << 20, 4));
}

__attribute__((destructor(101))) static void last(void) {
    for (unsigned i = 1; i < COUNT; i += 2) check_and_free(early[i], 1 + i * 5, 1);
    for (unsigned i = 0; i < 100; i++) free(filled(1 + i * 50, 5));
    if (handlers != 1) give_up("the exit handler did not run before the destructor");
    static const char text[] = "the last destructor ran\n";
    if (write(1, text, sizeof text - 1) < 0) _exit(1);
}

int main(void) {
    if (constructors != 2) give_up("the constructors did not run");
    if (atexit(at_exit) != 0) give_up("atexit");
    for (unsigned i = 0; i < COUNT; i++) late[i] = filled(1 + i * 3, 2);
    work(NULL);
    return 0;
}
