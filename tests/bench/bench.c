/* bench.c -- clocks, arguments, threads and the report of the workload programs. */
#define _GNU_SOURCE
#include "bench.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_MAX = 256 };

void bench_fail(const char *what) {
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

void bench_usage(const char *text) {
    fprintf(stderr, "usage: %s\n", text);
    exit(2);
}

static int64_t nanoseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static clockid_t cpu_clock_of(const struct meter *meter) {
    return meter->cpu_clock ? CLOCK_THREAD_CPUTIME_ID : CLOCK_PROCESS_CPUTIME_ID;
}

void meter_of_thread(struct meter *meter) { meter->cpu_clock = 1; }

void meter_go(struct meter *meter) {
    meter->wall_since = nanoseconds(CLOCK_MONOTONIC);
    meter->cpu_since = nanoseconds(cpu_clock_of(meter));
}

void meter_halt(struct meter *meter) {
    meter->cpu_ns += nanoseconds(cpu_clock_of(meter)) - meter->cpu_since;
    meter->wall_ns += nanoseconds(CLOCK_MONOTONIC) - meter->wall_since;
}

void meter_add(struct meter *sum, const struct meter *other) { sum->cpu_ns += other->cpu_ns; }

uint64_t bench_number(int argc, char **argv, int index) {
    if (index >= argc) bench_usage("too few arguments: see the comment at the program's top");
    char *end;
    uint64_t value = strtoull(argv[index], &end, 10);
    if (*end == 'K') value <<= 10, end++;
    if (*end == 'M') value <<= 20, end++;
    if (*end || end == argv[index]) bench_usage("an argument is not a number such as 64, 4K or 1M");
    return value;
}

uint64_t bench_scaled(int argc, char **argv, int index) {
    const char *scale = getenv("BENCH_SCALE");
    double count = (double)bench_number(argc, argv, index) * (scale ? atof(scale) : 1.0);
    return count < 1 ? 1 : (uint64_t)count;
}

void *bench_array(size_t count, size_t bytes) {
    void *array = mmap(NULL, count * bytes + 1, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (array == MAP_FAILED) bench_fail("no memory for the harness");
    return array;
}

struct starter {
    void (*body)(int number);
    int number;
};

static void *start(void *argument) {
    struct starter *starter = argument;
    starter->body(starter->number);
    return NULL;
}

void bench_threads(int count, void (*body)(int number), struct meter *meter) {
    static struct starter starters[THREADS_MAX];
    static pthread_t threads[THREADS_MAX];
    if (count < 1 || count > THREADS_MAX) bench_usage("1 to 256 threads");
    meter_go(meter);
    for (int i = 0; i < count; i++) {
        starters[i] = (struct starter){body, i};
        if (pthread_create(&threads[i], NULL, start, &starters[i])) bench_fail("no thread");
    }
    for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
    meter_halt(meter);
}

/* A field of /proc/self/status, in KiB. */
static long status_kib(const char *field) {
    static char text[8192];
    int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? 0 : read(file, text, sizeof text - 1);
    if (file >= 0) close(file);
    text[length > 0 ? length : 0] = '\0';
    const char *found = strstr(text, field);
    return found ? atol(found + strlen(field)) : -1;
}

long bench_resident_kib(void) { return status_kib("VmRSS:"); }

void bench_point(const char *curve, double x, double y) {
    dprintf(STDOUT_FILENO, "curve %s %.9g %.6g\n", curve, x, y);
}

void bench_figure(const char *name, double value) {
    dprintf(STDOUT_FILENO, "%s %.9g\n", name, value);
}

void bench_report(uint64_t ops, const struct meter *meter) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    long peak_kib = status_kib("VmHWM:");
    Dl_info serving = {0};
    if (!dladdr(dlsym(RTLD_DEFAULT, "malloc"), &serving)) serving.dli_fname = "nobody";
    dprintf(STDOUT_FILENO, "malloc %s\n", serving.dli_fname); /* whose malloc it was */
    bench_figure("ops", (double)ops);
    bench_figure("wall_ns", (double)meter->wall_ns);
    bench_figure("cpu_ns", (double)meter->cpu_ns);
    bench_figure("rss_kib", (double)peak_kib);
    bench_figure("faults", (double)(usage.ru_minflt + usage.ru_majflt));
}
