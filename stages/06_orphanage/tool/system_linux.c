/* system_linux.c -- what the launcher must know about Linux. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tool.h"

const struct system of_system = {
    .preload = "LD_PRELOAD",
    .separators = " :",
    .separator_words = "a space or a colon",
    .library = "libbitslab.so.0",
    .checked_library = "libbitslab-checked.so.0",
    .unversioned_library = "libbitslab.so",
};

const char *system_program(void) { return "/proc/self/exe"; }

void *system_malloc(void) { return dlsym(RTLD_DEFAULT, "malloc"); }

const char *system_rights(const char *path) {
    bool some = getuid() != 0 && getxattr(path, "security.capability", NULL, 0) > 0;
    return some ? "it has file capabilities" : NULL;
}

/* The first line of a small file, or a dash. */
static const char *line_of(const char *path) {
    static char line[512];
    FILE *file = fopen(path, "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL) snprintf(line, sizeof line, "-");
    if (file != NULL) fclose(file);
    line[strcspn(line, "\n")] = '\0';
    return line;
}

/* Of `always [madvise] never`, what is chosen. */
static const char *choice_of(const char *path) {
    static char line[512];
    snprintf(line, sizeof line, "%s", line_of(path));
    char *start = strchr(line, '['), *end = strchr(line, ']');
    if (start == NULL || end == NULL) return line;
    *end = '\0';
    return start + 1;
}

void system_rows(void) {
    char text[600];
    snprintf(text, sizeof text, "%ld bytes", sysconf(_SC_PAGESIZE));
    row("page", text);
    row("huge pages", choice_of("/sys/kernel/mm/transparent_hugepage/enabled"));
    snprintf(text, sizeof text, "%s bytes",
             line_of("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size"));
    row("huge page", text);
    row("overcommit", line_of("/proc/sys/vm/overcommit_memory"));
    row("mappings", line_of("/proc/sys/vm/max_map_count"));
    row_of_limit("limit, addresses", RLIMIT_AS);
    row_of_limit("limit, data", RLIMIT_DATA);
}
