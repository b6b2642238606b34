/* main.c -- runs smoke() where there is a libc to tell the result. */
#include <stdio.h>

int smoke(void);

int main(void) {
    int line = smoke();
    if (line != 0) printf("smoke.c:%d: not so\n", line);
    return line != 0;
}
