/* 02_misuse.c -- three wrong frees and what is said of them, each in a process of its own. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bitslab.h"

static char *block;

static void into_the_block(void) { bitslab_free(block + 16); }

static void twice(void) {
    bitslab_free(block);
    bitslab_free(block);
}

static void of_the_stack(void) {
    int here;
    bitslab_free(&here);
}

static void in_a_child(void (*wrong)(void)) {
    pid_t child = fork();
    if (child == 0) {
        dup2(STDOUT_FILENO, STDERR_FILENO);
        wrong();
        _exit(0);
    }
    waitpid(child, NULL, 0);
}

int main(void) {
    block = bitslab_malloc(50);
    in_a_child(into_the_block);
    in_a_child(twice);
    in_a_child(of_the_stack);
}
