/* check_process.c -- `bitslab check PID`: does a running program call bitslab?
 *
 * Problem   That the library is mapped proves little: the program may have a malloc of its own, another
 *           library may come first, one opened with RTLD_DEEPBIND has libc's.
 * Idea      The dynamic linker writes into each loaded object where its calls of malloc go. That table
 *           is read from the process's memory, object by object: it is what will be called.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "elf_file.h"
#include "process.h"
#include "tool.h"

#define OTHERS_SHOWN 8

/* Bitslab's malloc is the library, or was linked into the program. */
static bool is_bitslab(const struct object *object) {
    struct elf_file file;
    char exe[64], path[512];
    if (object_defines(object, "bitslab_malloc") && object_defines(object, "malloc")) return true;
    snprintf(exe, sizeof exe, "/proc/%s/exe", process.number);
    ssize_t length = readlink(exe, path, sizeof path - 1);
    if (length < 0) return false;
    path[length] = '\0';
    if (strcmp(path, object->path) != 0 || elf_open(&file, exe) != ELF_OURS) return false;
    bool marked = elf_has_mark(&file);
    elf_close(&file);
    return marked;
}

/* Why it is not even loaded. */
static int absent(void) {
    char text[65536];
    int file;
    ssize_t length;
    ElfW(auxv_t) pair;
    if (process_open(&file, "auxv")) {
        while (read(file, &pair, sizeof pair) == (ssize_t)sizeof pair)
            if (pair.a_type == AT_SECURE && pair.a_un.a_val != 0)
                return found(NOT_ACTIVE,
                             "process %s is setuid, setgid or has capabilities: the loader "
                             "ignored LD_PRELOAD",
                             process.number);
        close(file);
    }
    if (process_open(&file, "environ") && (length = read(file, text, sizeof text)) > 0 &&
        memmem(text, (size_t)length, "LD_PRELOAD=", 11) != NULL &&
        memmem(text, (size_t)length, "libbitslab", 10) != NULL)
        return found(NOT_ACTIVE,
                     "process %s has it in LD_PRELOAD, but the loader did not load it: see "
                     "what it said on standard error",
                     process.number);
    return found(NOT_ACTIVE, "process %s was started without bitslab", process.number);
}

/* The program's file tells whether anything could be preloaded. DYNAMIC: yes. */
enum { DYNAMIC = -1 };
static int check_file(void) {
    struct elf_file file;
    char path[64];
    snprintf(path, sizeof path, "/proc/%s/exe", process.number);
    switch (elf_open(&file, path)) {
    case ELF_UNREADABLE:
        return errno == ENOENT
                   ? found(UNKNOWN, "process %s is of the kernel, or has ended", process.number)
                   : found(UNKNOWN, "process %s may not be looked at: %s", process.number,
                           strerror(errno));
    case ELF_OURS: break;
    default:
        return found(UNKNOWN, "process %s is for another machine or word size than this launcher",
                     process.number);
    }
    bool is_static = elf_interpreter(&file) == NULL, marked = elf_has_mark(&file);
    elf_close(&file);
    if (!is_static) return DYNAMIC;
    if (marked)
        return found(ACTIVE, "process %s is static, with bitslab linked in", process.number);
    return found(NOT_ACTIVE,
                 "process %s is static: nothing can be preloaded; "
                 "link libbitslab-malloc.a into it",
                 process.number);
}

static int judge(void) {
    size_t ours = 0, others = 0;
    const struct object *bitslab = NULL, *other = NULL;
    for (size_t i = 0; i < process.count; i++)
        if (bitslab == NULL && is_bitslab(&process.objects[i])) bitslab = &process.objects[i];
    if (bitslab == NULL) return absent();
    for (size_t i = 0; i < process.count; i++) {
        const struct object *server = object_served_by(&process.objects[i]);
        ours += server == bitslab;
        others += server != NULL && server != bitslab;
        if (server != NULL && server != bitslab) other = server;
    }
    if (others == 0 && ours != 0)
        return found(ACTIVE, "process %s: all %zu objects that call malloc call that of %s",
                     process.number, ours, bitslab->path);
    if (others == 0)
        return found(UNKNOWN, "process %s has loaded %s, and no object has called malloc yet",
                     process.number, bitslab->path);
    if (ours == 0)
        return found(NOT_ACTIVE, "process %s has loaded %s, but the malloc of %s comes before it",
                     process.number, bitslab->path, other->path);
    found(PARTLY_ACTIVE, "process %s: %zu objects call the malloc of %s, %zu do not",
          process.number, ours, bitslab->path, others);
    for (size_t i = 0, shown = 0; i < process.count && shown < OTHERS_SHOWN; i++) {
        const struct object *server = object_served_by(&process.objects[i]);
        if (server == NULL || server == bitslab) continue;
        printf("  %s calls that of %s\n", process.objects[i].path, server->path);
        shown++;
    }
    printf("  (opened with RTLD_DEEPBIND or dlmopen: their blocks must not be freed by others)\n");
    return PARTLY_ACTIVE;
}

int check_process(const char *number) {
    char path[64];
    process.number = number;
    snprintf(path, sizeof path, "/proc/%.20s", number);
    if (access(path, F_OK) != 0) die(BAD_USAGE, "there is no process %s", number);
    int status = check_file();
    if (status != DYNAMIC) return status;
    if (!process_read_maps())
        return found(UNKNOWN, "process %s may not be looked at; be root", number);
    if (process_open(&process.memory, "mem")) return judge();
    for (size_t i = 0; i < process.count; i++)
        if (strstr(process.objects[i].path, "/libbitslab") != NULL)
            return found(UNKNOWN,
                         "process %s has loaded %s; whether its calls go there, only root may "
                         "see here",
                         number, process.objects[i].path);
    return absent();
}
