/* main.c -- runs one misuse in this process, or lists all of them.
 *
 *   cases                  a line for each case and size: list, name there, bytes, want, our name
 *   cases LIST NAME BYTES  commits it
 *
 * Nothing is allocated before the misuse: the block that it asks for is the process's first.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "misuse.h"

static const struct misuse *const themes[] = {
#ifdef CASES_IN_CXX
    operators,
    hardened_operators,
#else
    double_frees, invalid_frees,    overflows,         stale_blocks,
    empty_blocks, hardened_misuses, hardened_promises,
#endif
};
#define THEME_COUNT (sizeof themes / sizeof themes[0])

static const char *const lists[] = {[BENCH] = "bench", [HARDENED] = "hardened"};
static const char *const wants[] = {[NOTICED] = "noticed", [KEPT] = "kept"};
static const size_t sizes[] = {8, 4096, 256 << 10, 4 << 20};

void got_by(const struct misuse *self) {
    if (self->list == HARDENED) {
        if (write(STDOUT_FILENO, MARK, sizeof MARK - 1) < 0) broken();
    } else {
        puts(MARK);
        fflush(stdout);
    }
}

void absent(void) { _exit(STATUS_ABSENT); }
void broken(void) { _exit(STATUS_BROKEN); }

char *block_of(size_t size) {
    char *block = hidden(malloc(size));
    if (block != NULL) return block;
    if (size != 0) broken();
    puts(MARK); /* those who ask for an empty block here want one */
    exit(0);
}

static void list(const struct misuse *misuse) {
    unsigned count = misuse->sizes == SIZED ? 4 : misuse->sizes == THRICE ? 3 : 1;
    for (unsigned i = 0; i < count; i++)
        printf("%s\t%s\t%zu\t%s\t%s\n", lists[misuse->list], misuse->theirs,
               misuse->sizes == ONCE ? misuse->size : sizes[i], wants[misuse->want], misuse->name);
}

static bool is_it(const struct misuse *misuse, char **arguments) {
    return strcmp(lists[misuse->list], arguments[0]) == 0 &&
           strcmp(misuse->theirs, arguments[1]) == 0;
}

int main(int count, char **arguments) {
    for (unsigned i = 0; i < THEME_COUNT; i++) {
        for (const struct misuse *misuse = themes[i]; misuse->name != NULL; misuse++) {
            if (count < 4) {
                list(misuse);
            } else if (is_it(misuse, arguments + 1)) {
                misuse->commit(misuse, strtoul(arguments[3], NULL, 10));
                return 0;
            }
        }
    }
    return count < 4 ? 0 : STATUS_BROKEN;
}
