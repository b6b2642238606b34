/* cost.c -- a program that allocates much: what does a switch cost it?
 *
 *   cost STEPS
 *
 * Blocks of 16 bytes to 4 KiB replace each other in random order, 20,000 of them alive at a time,
 * and each is written at both ends. Prints the processor time of each step in nanoseconds, and the
 * program's peak in KiB.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define LIVE 20000

int main(int argc, char **argv) {
    static char *blocks[LIVE];
    unsigned long long random = 1;
    unsigned long steps = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
    if (steps == 0) return fputs("usage: cost STEPS\n", stderr), 2;
    for (unsigned long i = 0; i < steps; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        unsigned place = (unsigned)(random >> 40) % LIVE;
        size_t size = (size_t)16 << (random >> 60) % 9;
        size -= (random >> 33) % (size / 2);
        free(blocks[place]);
        blocks[place] = malloc(size);
        blocks[place][0] = blocks[place][size - 1] = 1;
    }
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    double seconds = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                     (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    printf("%.1f %ld\n", seconds * 1e9 / (double)steps, used.ru_maxrss);
}
