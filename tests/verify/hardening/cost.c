/* cost.c -- a program that allocates much: what does a switch cost it?
 *
 * Blocks of 16 bytes to 4 KiB replace each other in random order, 20,000 of them alive at a time,
 * and each is written at both ends. Prints its processor time in milliseconds and its peak in KiB.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define LIVE 20000
#define STEPS 6000000

int main(void) {
    static char *blocks[LIVE];
    unsigned long long random = 1;
    for (unsigned i = 0; i < STEPS; i++) {
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
    printf("%ld %ld\n",
           used.ru_utime.tv_sec * 1000 + used.ru_utime.tv_usec / 1000 +
               used.ru_stime.tv_sec * 1000 + used.ru_stime.tv_usec / 1000,
           used.ru_maxrss);
}
