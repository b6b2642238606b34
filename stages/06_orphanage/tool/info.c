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

void row(const char *name, const char *text) { printf("%-16s %s\n", name, text); }

void row_of_limit(const char *name, int resource) {
    struct rlimit now;
    char text[64] = "unlimited";
    if (getrlimit(resource, &now) == 0 && now.rlim_cur != RLIM_INFINITY)
        snprintf(text, sizeof text, "%llu KiB", (unsigned long long)now.rlim_cur / 1024);
    row(name, text);
}

static const char *preloaded_by_environment(void) {
    static char unset[64];
    const char *list = getenv("BITSLAB_INFO_PRELOAD");
    snprintf(unset, sizeof unset, "%s is not set", of_system.preload);
    return list == NULL || list[0] == '\0' ? unset : list;
}

static int inside(void) {
    Dl_info where;
    const char *(*build)(void);
    *(void **)&build = dlsym(RTLD_DEFAULT, "bitslab_build");
    void *served = system_malloc();
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
    const char *list = getenv(of_system.preload), *program = system_program();
    if (setenv("BITSLAB_INFO_PRELOAD", list == NULL ? "" : list, 1) != 0 ||
        setenv(INSIDE, library, 1) != 0)
        die(NOT_ACTIVE, "out of memory");
    library_preload(library);
    if (program == NULL) die(NOT_ACTIVE, "cannot find itself: type its whole path");
    execl(program, called_as, "info", options ? "--options" : NULL, (char *)NULL);
    die(NOT_ACTIVE, "cannot start itself: %s", strerror(errno));
}
