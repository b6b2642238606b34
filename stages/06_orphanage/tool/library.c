/* library.c -- where the library is, and how a program gets it preloaded.
 *
 * The library is looked for beside the launcher (a build folder), where it lies relative to it (an
 * installed tree that was moved), and where it was installed.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

#ifndef BITSLAB_LIBDIR
#define BITSLAB_LIBDIR "/usr/local/lib"
#endif
#ifndef BITSLAB_LIB_FROM_BIN
#define BITSLAB_LIB_FROM_BIN "../lib"
#endif

static bool try(char *path, size_t bytes, const char *folder, const char *below, const char *name) {
    char joined[PATH_MAX + 512];
    snprintf(joined, sizeof joined, "%s/%s%s", folder, below, name);
    char *real = realpath(joined, NULL);
    if (real == NULL) return false;
    snprintf(path, bytes, "%s", real);
    free(real);
    return true;
}

const char *library_path(bool checked) {
    static char path[PATH_MAX];
    const char *name = checked ? of_system.checked_library : of_system.library;
    const char *program = system_program();
    char *folder = program == NULL ? NULL : realpath(program, NULL);
    if (folder != NULL) {
        *strrchr(folder, '/') = '\0';
        bool is_there = (checked && try(path, sizeof path, folder, "checked/",
                                        of_system.unversioned_library)) ||
                        try(path, sizeof path, folder, "", name) ||
                        try(path, sizeof path, folder, BITSLAB_LIB_FROM_BIN "/", name);
        free(folder);
        if (is_there) return path;
    }
    if (try(path, sizeof path, BITSLAB_LIBDIR, "", name)) return path;
    die(NOT_ACTIVE, "%s is neither in " BITSLAB_LIBDIR " nor near this program", name);
}

void library_preload(const char *library) {
    const char *variable = of_system.preload, *others = getenv(variable);
    char *list;
    if (library[strcspn(library, of_system.separators)] != '\0')
        die(NOT_ACTIVE, "%s cannot hold '%s': it has %s in it", variable, library,
            of_system.separator_words);
    bool alone = others == NULL || others[0] == '\0';
    if (asprintf(&list, "%s%s%s", library, alone ? "" : ":", alone ? "" : others) < 0 ||
        setenv(variable, list, 1) != 0)
        die(NOT_ACTIVE, "out of memory");
}
