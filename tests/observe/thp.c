/* thp.c -- prints the flag of the mapping that a small block and a huge one lie in: nh (no huge pages),
 * hg (huge pages wanted) or - (neither). */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *flag_of(const void *block) {
    char line[1000];
    unsigned long first = 0, last = 0;
    FILE *maps = fopen("/proc/self/smaps", "r");
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        unsigned long from, to;
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2) first = from, last = to;
        if (strncmp(line, "VmFlags:", 8) != 0) continue;
        if ((uintptr_t)block < first || (uintptr_t)block >= last) continue;
        fclose(maps);
        return strstr(line, " nh") != NULL ? "nh" : strstr(line, " hg") != NULL ? "hg" : "-";
    }
    return "nothing";
}

int main(void) {
    void *small = malloc(1000), *huge = malloc((size_t)8 << 20);
    printf("%s %s\n", flag_of(small), flag_of(huge));
    return 0;
}
