/* waits.c -- a program for `bitslab check PID`: it allocates, says that it is ready, and waits.
 *
 * With an argument, it first opens that library with RTLD_DEEPBIND and lets it allocate.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef TAKE_ADDRESS /* then others come to malloc by way of this program, if it is not PIE */
static void *(*volatile allocate_here)(size_t);
static void (*volatile free_here)(void *);
#endif

int main(int count, char **words) {
    void *volatile block = malloc(100);
    free(block);
#ifdef TAKE_ADDRESS
    allocate_here = malloc, free_here = free;
    free_here(allocate_here(1));
#endif
#ifndef STATIC
    if (count > 1) {
        void *library = dlopen(words[1], RTLD_NOW | RTLD_DEEPBIND);
        void (*allocate)(void);
        *(void **)&allocate = library == NULL ? NULL : dlsym(library, "allocate");
        if (allocate == NULL) {
            fprintf(stderr, "%s\n", dlerror());
            return 1;
        }
        allocate();
    }
#else
    (void)count, (void)words;
#endif
    if (write(STDOUT_FILENO, "ready\n", 6) != 6) return 1;
    alarm(60); /* in case that nobody ends it */
    for (;;) pause();
}
