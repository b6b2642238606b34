/* bench.h -- what the workload programs of this folder share.
 *
 * A workload is a program that knows nothing of any allocator: it calls malloc and free, and what
 * serves them is chosen from outside, by LD_PRELOAD. One process runs one workload once, so that
 * its peak memory is the workload's. All it says are lines `name value` on standard output.
 *
 * Fairness  The harness's own arrays come from mmap and are touched before the clock starts. The
 *           same seed gives the same requests to every allocator. Every block's first word is
 *           written when it is handed out, as a program would. Rounds before the first are not
 *           measured where a workload repeats itself, so a measured malloc rarely pays the kernel
 *           for a page; what the kernel was asked for shows in `faults` and `rss_kib`.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Time spent between meter_go and meter_halt, added up. One per thread; never shared. */
struct meter {
    int64_t wall_ns, cpu_ns;       /* so far                                     */
    int64_t wall_since, cpu_since; /* when it was set going                      */
    int cpu_clock;                 /* of the process (default), or of the thread */
};

void meter_go(struct meter *meter);
void meter_halt(struct meter *meter);
void meter_of_thread(struct meter *meter);                    /* count this thread's time only */
void meter_add(struct meter *sum, const struct meter *other); /* CPU time; wall is not added   */

/* Arguments: numbers may end in K or M; `scaled` ones are made smaller by $BENCH_SCALE (0..1). */
uint64_t bench_number(int argc, char **argv, int index);
uint64_t bench_scaled(int argc, char **argv, int index);
_Noreturn void bench_usage(const char *text);

/* An array of zeros that no allocator knows of. */
void *bench_array(size_t count, size_t bytes);
_Noreturn void bench_fail(const char *what);

/* Starts COUNT threads and waits for them; each gets its number. Wall time goes to the meter. */
void bench_threads(int count, void (*body)(int number), struct meter *meter);

/* A point of a curve: `curve NAME X Y`. */
void bench_point(const char *curve, double x, double y);
long bench_resident_kib(void); /* now, not at the peak */

/* One line, and the closing lines that every workload writes. */
void bench_figure(const char *name, double value);
void bench_report(uint64_t ops, const struct meter *meter);

/* xorshift64* (Vigna 2016); the state must not be 0. */
static inline uint32_t bench_random(uint64_t *state) {
    uint64_t x = *state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return (uint32_t)(x * 0x2545f4914f6cdd1dU >> 32);
}

/* Uniform in 0 .. limit - 1, without a division (Lemire 2019, his biased form). */
static inline uint32_t bench_below(uint64_t *state, uint32_t limit) {
    return (uint32_t)((uint64_t)bench_random(state) * limit >> 32);
}

/* A block whose first word is written. */
static inline void *bench_block(size_t bytes) {
    void *block = malloc(bytes);
    if (!block) bench_fail("malloc returned NULL");
    *(volatile uintptr_t *)block = bytes;
    return block;
}

/* Exchanges elements at random (Fisher and Yates), so that every order is equally likely. */
static inline void bench_shuffle(void **array, size_t count, uint64_t *state) {
    for (size_t i = count; i > 1; i--) {
        size_t other = bench_below(state, (uint32_t)i);
        void *kept = array[other];
        array[other] = array[i - 1];
        array[i - 1] = kept;
    }
}

#endif
