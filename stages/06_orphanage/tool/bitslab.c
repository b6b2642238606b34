/* bitslab.c -- the launcher: `bitslab run`, `bitslab check`, `bitslab info`.
 *
 * Bad input ends in one line on standard error and status 2. run has a shell's statuses: that of the
 * program, 126 if it cannot be started, 127 if it is not there.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../bitslab.h"
#include "tool.h"

static const char usage[] =
    "usage: bitslab run [--checked] PROGRAM [ARGUMENT...]\n"
    "       bitslab check PROGRAM|PID\n"
    "       bitslab info [--options]\n"
    "       bitslab --version\n"
    "\n"
    "run     starts a program with bitslab as its malloc; --checked: the one that finds misuse\n"
    "check   tells whether bitslab is, or would be, its malloc. Status 0: active, 1: not active,\n"
    "        3: in part, 4: it cannot be found out; 2: there is no such program or process\n"
    "info    the library, how it was built, and what of the system matters to it\n";

_Noreturn void die(int status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("bitslab: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(status);
}

int found(int status, const char *format, ...) {
    static const char *const words[] = {"active", "not active", "", "partly active", "unknown"};
    va_list arguments;
    va_start(arguments, format);
    printf("%s: ", words[status]);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    return status;
}

static bool is_program(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 && S_ISREG(about.st_mode) && access(path, X_OK) == 0;
}

const char *find_program(const char *name) {
    static char path[PATH_MAX];
    if (strchr(name, '/') != NULL) return is_program(name) ? name : NULL;
    const char *folders = getenv("PATH");
    if (folders == NULL) folders = "/usr/local/bin:/usr/bin:/bin";
    while (*folders != '\0') {
        int length = (int)strcspn(folders, ":");
        snprintf(path, sizeof path, "%.*s/%s", length, length == 0 ? "." : folders, name);
        if (is_program(path)) return strdup(path);
        folders += length + (folders[length] == ':');
    }
    return NULL;
}

bool is_same_file(const char *path, const char *other) {
    struct stat a, b;
    return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

static int run(char **words) {
    bool checked = words[0] != NULL && strcmp(words[0], "--checked") == 0;
    words += checked || (words[0] != NULL && strcmp(words[0], "--") == 0);
    if (words[0] == NULL) die(BAD_USAGE, "run what? Type: bitslab run PROGRAM [ARGUMENT...]");
    if (words[0][0] == '-') die(BAD_USAGE, "run has no option '%s'", words[0]);
    const char *path = find_program(words[0]);
    if (path == NULL) die(127, "there is no program '%s'", words[0]);
    const char *never = never_preloaded(path);
    if (never != NULL) fprintf(stderr, "bitslab: %s runs without bitslab: %s\n", path, never);
    library_preload(library_path(checked));
    execv(path, words);
    die(126, "cannot start %s: %s", path, strerror(errno));
}

static bool is_number(const char *word) {
    return word[0] != '\0' && word[strspn(word, "0123456789")] == '\0';
}

const char *called_as;

int main(int count, char **words) {
    called_as = count > 0 ? words[0] : "";
    const char *command = count > 1 ? words[1] : "";
    const char *word = count > 2 ? words[2] : NULL;
    if (strcmp(command, "run") == 0) return run(words + 2);
    if (strcmp(command, "check") == 0) {
        if (word == NULL) die(BAD_USAGE, "check what? Type: bitslab check PROGRAM|PID");
        return is_number(word) ? check_process(word) : check_program(word);
    }
    if (strcmp(command, "info") == 0) {
        bool options = word != NULL && strcmp(word, "--options") == 0;
        if (word != NULL && !options) die(BAD_USAGE, "info has no option '%s'", word);
        return info(options);
    }
    if (strcmp(command, "--version") == 0) return puts("bitslab " BITSLAB_VERSION) < 0;
    if (strcmp(command, "--help") == 0 || strcmp(command, "help") == 0)
        return fputs(usage, stdout) < 0;
    if (command[0] == '\0') {
        fputs(usage, stderr);
        return BAD_USAGE;
    }
    die(BAD_USAGE, "there is no command '%s'; type: bitslab --help", command);
}
