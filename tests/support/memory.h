/* memory.h -- how much memory the process has. */
#ifndef TESTS_SUPPORT_MEMORY_H
#define TESTS_SUPPORT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "support/flavour.h"

/* Tools keep books of their own on each byte that the program touches, and don't give that memory
 * back. The tool's mappings are told from the program's by their addresses on x86-64. */
static inline bool mapping_of_tool(uintptr_t start) {
#if defined(UNDER_ASAN)
    return start < (uintptr_t)0x10007fff8000; /* the program, too, but that does not change */
#elif defined(UNDER_TSAN)
    return start < (uintptr_t)0x7b0000000000 && start >= (uintptr_t)0x8000000000;
#elif defined(UNDER_VALGRIND)
    return start >= (uintptr_t)1 << 36;
#else
    return start == 0;
#endif
}

/* ThreadSanitizer keeps something of threads that ended, among the program's mappings. */
#define TOOL_KEEPS_BYTES (SCALED(0, 1, 0) * (size_t)8 << 20)

/** Bytes of the program's mappings that are in physical memory. */
static inline size_t resident_by_mapping(void) {
    char line[256];
    unsigned long start = 0, end;
    size_t kib, sum = 0;
    FILE *file = fopen("/proc/self/smaps", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "%lx-%lx", &start, &end) == 2) continue;
        if (sscanf(line, "Rss: %zu kB", &kib) == 1 && !mapping_of_tool(start)) sum += kib * 1024;
    }
    if (file != NULL) fclose(file);
    return sum;
}

/** Bytes of the process that are in physical memory; a tool's are not counted. */
static inline size_t resident_now(void) {
    size_t all = 0, resident = 0;
    if (UNDER_TOOL) return resident_by_mapping();
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%zu %zu", &all, &resident) != 2) resident = 0;
    if (file != NULL) fclose(file);
    return resident * (size_t)sysconf(_SC_PAGESIZE);
}

#endif
