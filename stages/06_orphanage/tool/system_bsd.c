/* system_bsd.c -- what the launcher must know about FreeBSD, NetBSD and OpenBSD alike. Each of them has
 * its own way to say where this program is: system_freebsd.c and others.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <sys/types.h>
#include <sys/resource.h>
#include <unistd.h>

#include "elf_file.h"
#include "tool.h"

const struct system of_system = {
    .preload = "LD_PRELOAD",
    .separators = " \t;:",
    .separator_words = "a space, a colon or a semicolon",
    .library = "libbitslab.so.0",
    .checked_library = "libbitslab-checked.so.0",
    .unversioned_library = "libbitslab.so",
};

void *system_malloc(void) { return dlsym(RTLD_DEFAULT, "malloc"); }

const char *system_rights(const char *path) {
    (void)path;
    return NULL;
}

/* None of their linkers lists what it would load without help of the program. But what is preloaded is
 * searched before all that the program asks for; so ours serves, if it brings a malloc. */
bool system_first_malloc(const char *interpreter, const char *program, char *first, size_t bytes) {
    const char *library = library_path(false);
    (void)interpreter, (void)program;
    snprintf(first, bytes, "%s", elf_file_defines(library, "malloc") ? library : "");
    return true;
}

void system_rows(void) {
    char text[64];
    snprintf(text, sizeof text, "%ld bytes", sysconf(_SC_PAGESIZE));
    row("page", text);
#ifdef RLIMIT_AS /* OpenBSD has none */
    row_of_limit("limit, addresses", RLIMIT_AS);
#endif
    row_of_limit("limit, data", RLIMIT_DATA);
}
