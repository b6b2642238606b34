/* probe.c -- one misuse, or one look, for each switch: status 0 if nothing was noticed.
 *
 *   probe canary | zero | quarantine | random | guard | size0 | unused
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int canary(void) { /* one byte behind the bytes asked for, within the bin */
    volatile char *block = malloc(100);
    block[100] = 1;
    free((void *)block);
    return 0;
}

static int zero(void) { /* what was freed can be read */
    volatile char *block = malloc(100);
    block[50] = 42;
    free((void *)block);
    return block[50] != 42;
}

static int quarantine(void) { /* the next block is the one just freed */
    for (int i = 0; i < 10; i++) {
        uintptr_t first = (uintptr_t)malloc(100);
        free((void *)first);
        void *second = malloc(100);
        if ((uintptr_t)second != first) return 1;
        free(second);
    }
    return 0;
}

static int random_order(void) { /* neighbours in the order of their calls */
    uintptr_t last = (uintptr_t)malloc(100);
    for (int i = 0; i < 20; i++) {
        uintptr_t next = (uintptr_t)malloc(100);
        if (next != last + 112) return 1;
        last = next;
    }
    return 0;
}

static int guard(void) { /* a byte behind a large block whose size is a multiple of a page */
    volatile char *block = malloc(1 << 20);
    block[1 << 20] = 1;
    return 0;
}

static int size0(void) {
    volatile char *block = malloc(0);
    *block = 1;
    return 0;
}

static int unused(void) { /* far behind the first block of all */
    volatile char *block = malloc(100);
    block[(3 << 19) - (1 << 16)] = 1;
    return 0;
}

int main(int count, char **words) {
    const struct {
        const char *name;
        int (*look)(void);
    } probes[] = {{"canary", canary},       {"zero", zero},   {"quarantine", quarantine},
                  {"random", random_order}, {"guard", guard}, {"size0", size0},
                  {"unused", unused}};
    for (unsigned i = 0; count == 2 && i < sizeof probes / sizeof *probes; i++)
        if (strcmp(words[1], probes[i].name) == 0) return probes[i].look();
    return 99;
}
