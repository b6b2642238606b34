/* ticks.h -- the processor's counter of ticks, read between instructions and not among them. */
#ifndef TICKS_H
#define TICKS_H

#include <stdint.h>
#include <time.h>

#if defined __x86_64__
#include <x86intrin.h>

/* The fences keep what is measured from moving out of the interval, and the rest from moving in. */
static inline uint64_t ticks_before(void) {
    _mm_lfence();
    uint64_t now = __rdtsc();
    _mm_lfence();
    return now;
}

static inline uint64_t ticks_after(void) {
    unsigned processor;
    uint64_t now = __rdtscp(&processor);
    _mm_lfence();
    return now;
}
#elif defined __aarch64__
static inline uint64_t ticks_before(void) {
    uint64_t now;
    __asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(now)::"memory");
    return now;
}

static inline uint64_t ticks_after(void) { return ticks_before(); }
#else
static inline uint64_t ticks_before(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static inline uint64_t ticks_after(void) { return ticks_before(); }
#endif

/* How many ticks a nanosecond has, measured over 20 ms. */
static inline double ticks_per_nanosecond(void) {
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    uint64_t start = ticks_before();
    int64_t ns;
    do {
        clock_gettime(CLOCK_MONOTONIC, &to);
        ns = (to.tv_sec - from.tv_sec) * INT64_C(1000000000) + to.tv_nsec - from.tv_nsec;
    } while (ns < 20000000);
    return (double)(ticks_after() - start) / (double)ns;
}

#endif
