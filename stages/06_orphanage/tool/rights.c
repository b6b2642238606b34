/* rights.c -- programs that gain rights when they start have the loader preload nothing. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool.h"

static const char *ignored_since(const char *it_is) {
    static char text[128];
    snprintf(text, sizeof text, "%s: the loader ignores %s", it_is, of_system.preload);
    return text;
}

const char *gains_rights(const char *path) {
    struct stat about;
    if (stat(path, &about) != 0) return NULL;
    if (about.st_mode & S_ISUID && about.st_uid != getuid()) return ignored_since("it is setuid");
    if (about.st_mode & S_ISGID && about.st_gid != getgid()) return ignored_since("it is setgid");
    const char *why = system_rights(path);
    return why == NULL ? NULL : ignored_since(why);
}
