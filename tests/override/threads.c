/* threads.c -- threads that allocate while the program forks, runs others, and reads from pipes. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 4

static atomic_int stop, bad;
static _Atomic(char *) table[64];

static void *work(void *item) {
    unsigned random = *(unsigned *)item;
    while (!stop) {
        random = random * 1664525u + 1013904223u;
        size_t size = 8 + (random >> 10) % 3000;
        char *block = malloc(size), *old;
        if (block == NULL) {
            bad++;
            continue;
        }
        memset(block, 'x', size - 1);
        block[size - 1] = 0;
        old = atomic_exchange(&table[(random >> 6) % 64], block);
        if (old != NULL && strspn(old, "x") != strlen(old)) bad++;
        free(old);
    }
    return NULL;
}

static void give_up(const char *what) {
    fprintf(stderr, "FAILED: %s\n", what);
    exit(1);
}

static void wait_for(pid_t child, const char *what) {
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) give_up(what);
}

/* Started as `threads child`: a program that allocates, with a thread. */
static int child_program(void) {
    pthread_t thread;
    unsigned seed = 9;
    if (pthread_create(&thread, NULL, work, &seed) != 0) return 1;
    for (unsigned i = 0; i < 20000; i++) free(malloc(i));
    stop = 1;
    pthread_join(thread, NULL);
    puts("child");
    return bad != 0;
}

int main(int count, char **words) {
    pthread_t threads[THREADS];
    unsigned seeds[THREADS] = {1, 2, 3, 4};
    char command[4096], line[64];
    if (count > 1) return child_program();
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, work, &seeds[i]) != 0) give_up("no thread");
    for (int i = 0; i < 20; i++) {
        pid_t child = fork();
        if (child == 0) { /* allocates by itself, and then as another program */
            for (unsigned j = 0; j < 1000; j++) free(malloc(j * 10));
            for (int j = 0; j < 64; j++) free(atomic_exchange(&table[j], NULL));
            execl("/proc/self/exe", words[0], "child", (char *)NULL);
            _exit(1);
        }
        wait_for(child, "a forked child failed");
    }
    snprintf(command, sizeof command, "'%s' child", words[0]);
    for (int i = 0; i < 10; i++) {
        FILE *pipe = popen(command, "r");
        if (pipe == NULL || fgets(line, sizeof line, pipe) == NULL || strcmp(line, "child\n") != 0)
            give_up("popen");
        if (pclose(pipe) != 0) give_up("pclose");
        if (system(command) != 0) give_up("system");
    }
    stop = 1;
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < 64; i++) free(table[i]);
    if (bad != 0) give_up("a block was overwritten or refused");
    return 0;
}
