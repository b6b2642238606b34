/* script.c -- `#!interpreter argument`: who runs a script. */
#include <stdio.h>
#include <string.h>

#include "tool.h"

/* Of env, what counts is the program that it starts. */
const char *script_program(const char *path) {
    static char line[4096];
    line[0] = '\0';
    FILE *file = fopen(path, "r");
    if (file != NULL && fgets(line, sizeof line, file) == NULL) line[0] = '\0';
    if (file != NULL) fclose(file);
    if (strncmp(line, "#!", 2) != 0) return NULL;
    char *program = strtok(line + 2, " \t\r\n");
    if (program != NULL && strcmp(program, "/usr/bin/env") == 0) program = strtok(NULL, " \t\r\n");
    return program == NULL ? "" : program;
}
