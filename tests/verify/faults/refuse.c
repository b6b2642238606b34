/* refuse.c -- runs a program that the kernel refuses memory from its start.
 *
 *   refuse KIND LEAST LIBRARY PROGRAM...  with LIBRARY preloaded; status 77 if there is no seccomp
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "seccomp.h"

int main(int argc, char **argv) {
    if (argc < 5) return 2;
    setenv("LD_PRELOAD", argv[3], 1);
    unsigned kind = (unsigned)strtoul(argv[1], NULL, 0),
             least = (unsigned)strtoul(argv[2], NULL, 0);
    if (!refuse_by_seccomp(kind, least)) return 77;
    execvp(argv[4], argv + 4);
    perror(argv[4]);
    return 2;
}
