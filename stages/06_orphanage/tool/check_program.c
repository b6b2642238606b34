/* check_program.c -- `bitslab check PROGRAM`: would bitslab be its malloc, started by `bitslab run`?
 *
 * The program itself is not run. Of the libraries that it would load, in the order in which its dynamic
 * linker would search them, the first that defines malloc is the one that serves.
 */
#define _GNU_SOURCE
#include <stdio.h>

#include "elf_file.h"
#include "tool.h"

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

static int check_dynamic(const struct elf_file *file, const char *path) {
    char first[4096];
    if (elf_defines(file, "malloc") && !elf_has_mark(file))
        return found(NOT_ACTIVE, "%s brings its own malloc, which comes before a preloaded one",
                     path);
    if (elf_has_mark(file)) return found(ACTIVE, "%s has bitslab linked in", path);
    if (!system_first_malloc(elf_interpreter(file), path, first, sizeof first))
        return found(UNKNOWN, "%s: its dynamic linker %s does not tell what it would load", path,
                     elf_interpreter(file));
    if (!is_same_file(first, library_path(false)) && !elf_file_defines(first, "bitslab_malloc"))
        return found(NOT_ACTIVE, "%s would call the malloc of %s", path,
                     first[0] == '\0' ? "its C library" : first);
    found(ACTIVE, "%s would call the malloc of %s", path, first);
    if (!elf_wants(file, "malloc") && !elf_wants(file, "calloc") && !elf_wants(file, "_Znwm"))
        printf("  but it asks for no malloc itself, only its libraries do; "
               "one that is hidden in it cannot be seen\n");
    return ACTIVE;
}

/* What counts is the interpreter. */
static int check_script(const char *path) {
    const char *program = script_program(path);
    if (program == NULL)
        return found(UNKNOWN, "%s is neither an ELF program nor a script with #!", path);
    const char *interpreter = program[0] == '\0' ? NULL : find_program(program);
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
