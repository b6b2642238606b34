/* check_loader.c -- asks Linux's dynamic linker what a program would load; the program is not run.
 *
 * glibc's and musl's have the option --list.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "elf_file.h"
#include "tool.h"

/* A line of the dynamic linker's list: `name => /path (0x...)` or `/path (0x...)`. */
static const char *path_in(char *line) {
    char *arrow = strstr(line, "=> ");
    char *path = arrow != NULL ? arrow + 3 : line + strspn(line, " \t");
    char *end = strstr(path, " (0x");
    if (path[0] != '/' || end == NULL) return NULL;
    *end = '\0';
    return path;
}

bool system_first_malloc(const char *interpreter, const char *program, char *first, size_t bytes) {
    int ends[2];
    if (pipe(ends) != 0) return false;
    pid_t child = fork();
    if (child < 0) return false;
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        library_preload(library_path(false));
        execl(interpreter, interpreter, "--list", program, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    FILE *list = fdopen(ends[0], "r");
    char line[4096];
    first[0] = '\0';
    while (list != NULL && fgets(line, sizeof line, list) != NULL) {
        const char *path = path_in(line);
        if (path != NULL && is_same_file(path, interpreter))
            continue; /* musl's libc: it is asked last */
        if (first[0] == '\0' && path != NULL && elf_file_defines(path, "malloc"))
            snprintf(first, bytes, "%s", path);
    }
    if (list != NULL) fclose(list);
    int status = 1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
