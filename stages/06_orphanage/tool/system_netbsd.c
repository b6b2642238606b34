/* system_netbsd.c -- where this program is, on NetBSD. */
#define _NETBSD_SOURCE
#include <limits.h>
#include <sys/param.h>
#include <sys/sysctl.h>

#include "tool.h"

const char *system_program(void) {
    static char path[PATH_MAX];
    const int question[] = {CTL_KERN, KERN_PROC_ARGS, -1, KERN_PROC_PATHNAME};
    size_t bytes = sizeof path;
    return sysctl(question, 4, path, &bytes, NULL, 0) == 0 && path[0] != '\0' ? path : NULL;
}
