/* check_program.c -- `bitslab check PROGRAM`: would bitslab be its malloc, started by `bitslab run`?
 *
 * The program itself is not run. Its dynamic linker is asked for the libraries that it would load, in
 * the order in which it would search them: the first that defines malloc is the one that serves.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "elf_file.h"
#include "tool.h"

/* Programs that gain rights have the loader ignore LD_PRELOAD. */
static const char *gains_rights(const char *path) {
    struct stat about;
    if (stat(path, &about) != 0) return NULL;
    if (about.st_mode & S_ISUID && about.st_uid != getuid())
        return "it is setuid: the loader ignores LD_PRELOAD";
    if (about.st_mode & S_ISGID && about.st_gid != getgid())
        return "it is setgid: the loader ignores LD_PRELOAD";
    if (getuid() != 0 && getxattr(path, "security.capability", NULL, 0) > 0)
        return "it has file capabilities: the loader ignores LD_PRELOAD";
    return NULL;
}

const char *never_preloaded(const char *path) {
    struct elf_file file;
    enum elf_kind kind = elf_open(&file, path);
    if (kind == ELF_OTHER_MACHINE)
        return "it is for another machine or word size than this library";
    if (kind != ELF_OURS) return NULL;
    bool is_static = elf_interpreter(&file) == NULL && !elf_has_mark(&file);
    elf_close(&file);
    if (is_static)
        return "it is static: nothing can be preloaded; link libbitslab-malloc.a into it";
    return gains_rights(path);
}

/* A line of the dynamic linker's list: `name => /path (0x...)` or `/path (0x...)`. */
static const char *path_in(char *line) {
    char *arrow = strstr(line, "=> ");
    char *path = arrow != NULL ? arrow + 3 : line + strspn(line, " \t");
    char *end = strstr(path, " (0x");
    if (path[0] != '/' || end == NULL) return NULL;
    *end = '\0';
    return path;
}

static bool file_defines(const char *path, const char *name) {
    struct elf_file file;
    if (elf_open(&file, path) != ELF_OURS) return false;
    bool defines = elf_defines(&file, name);
    elf_close(&file);
    return defines;
}

static bool same_file(const char *path, const char *other) {
    struct stat a, b;
    return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

/* Ask the dynamic linker. first: the path of the first library that defines malloc, or empty. */
static bool ask_loader(const char *interpreter, const char *program, char *first, size_t bytes) {
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
        if (path != NULL && same_file(path, interpreter))
            continue; /* musl's libc: it is asked last */
        if (first[0] == '\0' && path != NULL && file_defines(path, "malloc"))
            snprintf(first, bytes, "%s", path);
    }
    if (list != NULL) fclose(list);
    int status = 1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int check_dynamic(const struct elf_file *file, const char *path) {
    char first[4096];
    if (elf_defines(file, "malloc") && !elf_has_mark(file))
        return found(NOT_ACTIVE, "%s brings its own malloc, which comes before a preloaded one",
                     path);
    if (elf_has_mark(file)) return found(ACTIVE, "%s has bitslab linked in", path);
    if (!ask_loader(elf_interpreter(file), path, first, sizeof first))
        return found(UNKNOWN, "%s: its dynamic linker %s does not tell what it would load", path,
                     elf_interpreter(file));
    if (!same_file(first, library_path(false)) && !file_defines(first, "bitslab_malloc"))
        return found(NOT_ACTIVE, "%s would call the malloc of %s", path,
                     first[0] == '\0' ? "its C library" : first);
    found(ACTIVE, "%s would call the malloc of %s", path, first);
    if (!elf_wants(file, "malloc") && !elf_wants(file, "calloc") && !elf_wants(file, "_Znwm"))
        printf("  but it asks for no malloc itself, only its libraries do; "
               "one that is hidden in it cannot be seen\n");
    return ACTIVE;
}

/* `#!interpreter argument`: what counts is the interpreter; of env, the program that it starts. */
static int check_script(const char *path) {
    char line[4096] = "";
    FILE *file = fopen(path, "r");
    if (file != NULL && fgets(line, sizeof line, file) == NULL) line[0] = '\0';
    if (file != NULL) fclose(file);
    if (strncmp(line, "#!", 2) != 0)
        return found(UNKNOWN, "%s is neither an ELF program nor a script with #!", path);
    char *program = strtok(line + 2, " \t\r\n");
    if (program != NULL && strcmp(program, "/usr/bin/env") == 0) program = strtok(NULL, " \t\r\n");
    const char *interpreter = program == NULL ? NULL : find_program(program);
    if (interpreter == NULL) die(BAD_USAGE, "%s: its interpreter is not there", path);
    struct elf_file known;
    if (elf_open(&known, interpreter) == ELF_NONE)
        return found(UNKNOWN, "%s is a script, and its interpreter %s is another", path,
                     interpreter);
    elf_close(&known);
    printf("%s is a script of %s\n", path, interpreter);
    return check_program(interpreter);
}

int check_program(const char *name) {
    struct elf_file file;
    const char *path = find_program(name);
    if (path == NULL) die(BAD_USAGE, "there is no program '%s'", name);
    const char *never = never_preloaded(path);
    if (never != NULL) return found(NOT_ACTIVE, "%s: %s", path, never);
    switch (elf_open(&file, path)) {
    case ELF_NONE: return check_script(path);
    case ELF_OURS: break;
    default: die(BAD_USAGE, "cannot read '%s'", path);
    }
    int status = elf_interpreter(&file) == NULL ? found(ACTIVE, "%s has bitslab linked in", path)
                                                : check_dynamic(&file, path);
    elf_close(&file);
    return status;
}
