/* limit.c -- what is left to gain: the same loop on an allocator that does next to nothing.
 *
 * Stage 1 moves a pointer and never reuses memory, so in an ordinary run it mostly waits for the
 * kernel's pages. Here the pages are asked for beforehand, if the allocator lays block on block:
 * then its loop is a call, an addition and a comparison.
 *
 * Usage   limit pingpong|linear BYTES COUNT   linear: 8 MiB of blocks at a time, then all freed
 * Source  ours.
 */
#include "bench.h"

#include <sys/mman.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif

enum { PAGE_BYTES = 4096, ROUND_BYTES = 8 << 20, LEAST_BYTES = 16 };

static void **blocks;

/* Behind the first block, room for all that a pointer could be moved by. An allocator that does not
 * lie there gets what it maps there; the rest of the call fails. */
static void populate(size_t bytes) {
    uintptr_t start = ((uintptr_t)bench_block(16) + PAGE_BYTES) & ~(uintptr_t)(PAGE_BYTES - 1);
    for (size_t done = 0; done < bytes; done += 1 << 20) {
        if (madvise((void *)(start + done), 1 << 20, MADV_POPULATE_WRITE)) break;
    }
}

static void pingpong(size_t bytes, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) free(bench_block(bytes));
}

static void linear(size_t bytes, uint64_t count) {
    size_t n = ROUND_BYTES / bytes;
    for (uint64_t done = 0; done < count; done += n) {
        for (size_t i = 0; i < n; i++) blocks[i] = bench_block(bytes);
        for (size_t i = 0; i < n; i++) free(blocks[i]);
    }
}

int main(int argc, char **argv) {
    if (argc != 4) bench_usage("limit pingpong|linear BYTES COUNT");
    size_t bytes = bench_number(argc, argv, 2);
    uint64_t count = bench_scaled(argc, argv, 3);
    void (*loop)(size_t, uint64_t) = argv[1][0] == 'p' ? pingpong : linear;
    if (bytes < LEAST_BYTES) bench_usage("limit: at least 16 bytes");
    blocks = bench_array(ROUND_BYTES / LEAST_BYTES, sizeof *blocks);
    populate(count * bytes + 2 * ROUND_BYTES);
    loop(bytes, ROUND_BYTES / bytes);
    struct meter meter = {0};
    meter_go(&meter);
    loop(bytes, count);
    meter_halt(&meter);
    bench_report(count, &meter);
    return 0;
}
