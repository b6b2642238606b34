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
#include <unistd.h>

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
    static char folder[PATH_MAX];
    const char *name = checked ? "libbitslab-checked.so.0" : "libbitslab.so.0";
    ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
    if (length > 0) {
        folder[length] = '\0';
        *strrchr(folder, '/') = '\0';
        if (checked && try(path, sizeof path, folder, "checked/", "libbitslab.so")) return path;
        if (try(path, sizeof path, folder, "", name)) return path;
        if (try(path, sizeof path, folder, BITSLAB_LIB_FROM_BIN "/", name)) return path;
    }
    if (try(path, sizeof path, BITSLAB_LIBDIR, "", name)) return path;
    die(NOT_ACTIVE, "%s is neither in " BITSLAB_LIBDIR " nor near this program", name);
}

void library_preload(const char *library) {
    const char *others = getenv("LD_PRELOAD");
    char *list;
    if (library[strcspn(library, " :")] != '\0')
        die(NOT_ACTIVE, "LD_PRELOAD cannot hold '%s': it has a space or a colon in it", library);
    bool alone = others == NULL || others[0] == '\0';
    if (asprintf(&list, "%s%s%s", library, alone ? "" : ":", alone ? "" : others) < 0 ||
        setenv("LD_PRELOAD", list, 1) != 0)
        die(NOT_ACTIVE, "out of memory");
}
