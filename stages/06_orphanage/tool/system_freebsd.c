/* system_freebsd.c -- where this program is, on FreeBSD. */
#include <limits.h>
#include <sys/types.h>
#include <sys/sysctl.h>

#include "tool.h"

const char *system_program(void) {
    static char path[PATH_MAX];
    const int question[] = {CTL_KERN, KERN_PROC, KERN_PROC_PATHNAME, -1};
    size_t bytes = sizeof path;
    return sysctl(question, 4, path, &bytes, NULL, 0) == 0 && path[0] != '\0' ? path : NULL;
}
