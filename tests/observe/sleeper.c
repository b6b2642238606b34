/* sleeper.c -- threads that hold blocks and sleep. With `own`, a program that uses SIGUSR2 itself; with
 * another word, one that ends at once. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int hold_blocks(void) {
    for (size_t i = 0; i < 2000; i++) {
        char *block = malloc(i % 700);
        if (block != NULL) memset(block, 1, i % 700);
    }
    return 0;
}

static void *hold(void *argument) {
    hold_blocks();
    while (pause() != 0) {
    }
    return argument;
}

static void on_signal(int number) {
    (void)number;
    static const char text[] = "own handler\n";
    if (write(1, text, sizeof text - 1) < 0) _exit(1);
}

int main(int count, char **words) {
    pthread_t thread;
    if (count > 1 && strcmp(words[1], "own") == 0) {
        signal(SIGUSR2, on_signal);
        return raise(SIGUSR2);
    }
    if (count > 1) return hold_blocks();
    for (unsigned i = 0; i < 2; i++) pthread_create(&thread, NULL, hold, NULL);
    sleep(1);
    puts("ready");
    fflush(stdout);
    while (pause() != 0) {
    }
    return 0;
}
