/* info.c -- `bitslab info`: the library, how it was built, and what of the system matters to it.
 *
 * The launcher starts itself once more with the library preloaded, and asks that library.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../bitslab.h"
#include "tool.h"

#define INSIDE "BITSLAB_INFO_INSIDE"

static void row(const char *name, const char *text) { printf("%-16s %s\n", name, text); }

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

static void limit(const char *name, int resource) {
    struct rlimit now;
    char text[64] = "unlimited";
    if (getrlimit(resource, &now) == 0 && now.rlim_cur != RLIM_INFINITY)
        snprintf(text, sizeof text, "%llu KiB", (unsigned long long)now.rlim_cur / 1024);
    row(name, text);
}

static void system_rows(void) {
    char text[64];
    snprintf(text, sizeof text, "%ld bytes", sysconf(_SC_PAGESIZE));
    row("page", text);
    row("huge pages", choice_of("/sys/kernel/mm/transparent_hugepage/enabled"));
    snprintf(text, sizeof text, "%s bytes",
             line_of("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size"));
    row("huge page", text);
    row("overcommit", line_of("/proc/sys/vm/overcommit_memory"));
    row("mappings", line_of("/proc/sys/vm/max_map_count"));
    limit("limit, addresses", RLIMIT_AS);
    limit("limit, data", RLIMIT_DATA);
}

static const char *preloaded_by_environment(void) {
    const char *list = getenv("BITSLAB_INFO_PRELOAD");
    return list == NULL || list[0] == '\0' ? "LD_PRELOAD is not set" : list;
}

static int inside(void) {
    Dl_info where;
    const char *(*build)(void);
    *(void **)&build = dlsym(RTLD_DEFAULT, "bitslab_build");
    void *served = dlsym(RTLD_DEFAULT, "malloc");
    bool active = build != NULL && served != NULL && dladdr(served, &where) != 0 &&
                  dlsym(RTLD_DEFAULT, "bitslab_malloc") != NULL &&
                  strcmp(where.dli_fname, getenv(INSIDE)) == 0;
    row("build", build == NULL ? "unknown: the library was not loaded" : build());
    row("library", getenv(INSIDE));
    row("run", active ? "gives programs its malloc" : "does NOT give programs its malloc here");
    row("environment", preloaded_by_environment());
    system_rows();
    return active ? ACTIVE : NOT_ACTIVE;
}

static void to_standard_output(void *argument, const char *text, size_t length) {
    (void)argument;
    fwrite(text, 1, length, stdout);
}

/* The library has the table of options. */
static int print_options(void) {
    void (*print)(void (*write)(void *, const char *, size_t), void *);
    *(void **)&print = dlsym(RTLD_DEFAULT, "bitslab_options_print");
    if (print == NULL) die(NOT_ACTIVE, "%s has no options", getenv(INSIDE));
    print(to_standard_output, NULL);
    return 0;
}

int info(bool options) {
    if (getenv(INSIDE) != NULL) return options ? print_options() : inside();
    const char *library = library_path(false);
    const char *list = getenv("LD_PRELOAD");
    if (setenv("BITSLAB_INFO_PRELOAD", list == NULL ? "" : list, 1) != 0 ||
        setenv(INSIDE, library, 1) != 0)
        die(NOT_ACTIVE, "out of memory");
    library_preload(library);
    execl("/proc/self/exe", "bitslab", "info", options ? "--options" : NULL, (char *)NULL);
    die(NOT_ACTIVE, "cannot start itself: %s", strerror(errno));
}
