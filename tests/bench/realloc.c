/* realloc.c -- buffers that grow.
 *
 * Usage   realloc eighth MOST COUNT       one buffer, each time larger by an eighth, to MOST bytes
 *         realloc append MOST STEP COUNT  one buffer, each time larger by STEP bytes
 *         realloc many MOST STEP COUNT    64 buffers in turn, so that neighbours are in the way
 * Prints  ops are calls of realloc
 * Source  the benchmark of the pull request "Add native lock-free dynamic heap allocator" for Odin
 *         (growth by an eighth to 64 MiB); the others after how vectors and string builders grow.
 */
#include "bench.h"

#include <string.h>

enum { BUFFERS = 64 };

static uint64_t calls;

static char *grown(char *block, size_t old, size_t bytes) {
    block = realloc(block, bytes);
    if (!block) bench_fail("realloc returned NULL");
    block[old] = 1; /* the first new byte */
    calls++;
    return block;
}

static void eighth(size_t most) {
    char *block = grown(NULL, 0, 16);
    for (size_t bytes = 16, next; bytes < most; bytes = next) {
        next = bytes + bytes / 8;
        block = grown(block, bytes, next);
    }
    free(block);
}

static void append(size_t most, size_t step, size_t buffers) {
    char *blocks[BUFFERS] = {0};
    for (size_t bytes = 0; bytes < most; bytes += step) {
        for (size_t i = 0; i < buffers; i++) blocks[i] = grown(blocks[i], bytes, bytes + step);
    }
    for (size_t i = 0; i < buffers; i++) free(blocks[i]);
}

int main(int argc, char **argv) {
    if (argc < 4) bench_usage("realloc eighth|append|many MOST [STEP] COUNT");
    size_t most = bench_number(argc, argv, 2);
    int one = !strcmp(argv[1], "eighth");
    size_t step = one ? 0 : bench_number(argc, argv, 3);
    size_t buffers = strcmp(argv[1], "many") ? 1 : BUFFERS;
    uint64_t count = bench_scaled(argc, argv, one ? 3 : 4);
    struct meter meter = {0};
    meter_go(&meter);
    for (uint64_t i = 0; i < count; i++) {
        if (one) {
            eighth(most);
        } else {
            append(most, step, buffers);
        }
    }
    meter_halt(&meter);
    bench_report(calls, &meter);
    return 0;
}
