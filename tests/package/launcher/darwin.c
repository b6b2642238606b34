/* darwin.c -- stands in for what macOS gives the launcher, so that its files for macOS run here. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>

#include "mach-o/dyld.h"
#include "malloc/malloc.h"

int _NSGetExecutablePath(char *path, uint32_t *bytes) {
    ssize_t length = readlink("/proc/self/exe", path, *bytes - 1);
    path[length < 0 ? 0 : length] = '\0';
    return length < 0;
}

/* Bitslab's zone, if the library is there: it serves, even if malloc is still libc's. */
malloc_zone_t *malloc_zone_from_ptr(const void *block) {
    static malloc_zone_t zone;
    *(void **)&zone.malloc = dlsym(RTLD_DEFAULT, "bitslab_malloc");
    if (zone.malloc == NULL) *(void **)&zone.malloc = dlsym(RTLD_DEFAULT, "malloc");
    return block == NULL ? NULL : &zone;
}
