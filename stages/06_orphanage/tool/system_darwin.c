/* system_darwin.c -- what the launcher must know about macOS, whose programs are no ELF files.
 *
 * dyld drops DYLD_INSERT_LIBRARIES for programs of the system (SIP), for those that gain rights, and
 * for those that were signed with the hardened runtime, which only the kernel knows.
 */
#include <limits.h>
#include <mach-o/dyld.h>
#include <malloc/malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tool.h"

const struct system of_system = {
    .preload = "DYLD_INSERT_LIBRARIES",
    .separators = ":",
    .separator_words = "a colon",
    .library = "libbitslab.dylib",
    .checked_library = "libbitslab-checked.dylib",
    .unversioned_library = "libbitslab.dylib",
};

const char *system_program(void) {
    static char path[PATH_MAX];
    uint32_t bytes = sizeof path;
    return _NSGetExecutablePath(path, &bytes) == 0 ? path : NULL;
}

/* Calls go to another function, or to the same one, which asks the zone that comes first. */
void *system_malloc(void) {
    void *block = calloc(1, 100);
    malloc_zone_t *zone = block == NULL ? NULL : malloc_zone_from_ptr(block);
    free(block);
    return zone != NULL ? (void *)(uintptr_t)zone->malloc : (void *)(uintptr_t)malloc;
}

const char *system_rights(const char *path) {
    static const char *const folders[] = {"/usr/", "/bin/", "/sbin/", "/System/"};
    char real[PATH_MAX];
    bool is_of_system = false;
    if (realpath(path, real) == NULL || strncmp(real, "/usr/local/", 11) == 0) return NULL;
    for (unsigned i = 0; i < sizeof folders / sizeof folders[0]; i++)
        is_of_system |= strncmp(real, folders[i], strlen(folders[i])) == 0;
    return is_of_system ? "it is a program of the system, protected by SIP" : NULL;
}

/* Of a script, its interpreter is what is started. */
const char *never_preloaded(const char *path) {
    const char *program = script_program(path);
    const char *interpreter = program == NULL ? NULL : find_program(program);
    return gains_rights(interpreter == NULL ? path : interpreter);
}

int check_program(const char *name) {
    const char *path = find_program(name);
    if (path == NULL) die(BAD_USAGE, "there is no program '%s'", name);
    const char *never = never_preloaded(path);
    if (never != NULL) return found(NOT_ACTIVE, "%s: %s", path, never);
    return found(UNKNOWN, "%s: nothing speaks against it; more cannot be found out on macOS", path);
}

void system_rows(void) {
    char text[64];
    snprintf(text, sizeof text, "%ld bytes", sysconf(_SC_PAGESIZE));
    row("page", text);
    row_of_limit("limit, addresses", RLIMIT_AS);
    row_of_limit("limit, data", RLIMIT_DATA);
}
