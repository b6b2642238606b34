/* tool.h -- what the files of the launcher `bitslab` share.
 *
 * It is a program beside the library and uses nothing of it but what any program can: it starts
 * programs with the library preloaded, and finds out whose malloc a program calls.
 */
#ifndef TOOL_H
#define TOOL_H

#include <stdbool.h>
#include <stddef.h>

/** Exit statuses; check tells its finding by them. */
enum { ACTIVE = 0, NOT_ACTIVE = 1, BAD_USAGE = 2, PARTLY_ACTIVE = 3, UNKNOWN = 4 };

/** End with one line on standard error. */
_Noreturn void die(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Print one line of a finding, and return its status. */
int found(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Print a line of `info`; and one about a limit of the process. */
void row(const char *name, const char *text);
void row_of_limit(const char *name, int resource);

/** The path of the library; it is there, or the program ends with a message. */
const char *library_path(bool checked);

/** Set the environment so that programs started from now on are served by the library. */
void library_preload(const char *library);

/** The path of a program, looked up like a shell does; NULL: there is none. */
const char *find_program(const char *name);

/** Whether two paths lead to one file. */
bool is_same_file(const char *path, const char *other);

/** How the launcher was called. */
extern const char *called_as;

/** Of a script, the name of the program that interprets it; NULL: it is none. Empty: it names none. */
const char *script_program(const char *path);

/** The commands. */
int info(bool options);
int check_program(const char *name);
int check_process(const char *number);

/** Why a preloaded library cannot serve the program at all; NULL: nothing speaks against it. */
const char *never_preloaded(const char *path);

/** The same, because it gains rights when it starts, or has them. */
const char *gains_rights(const char *path);

/** What differs between systems; system_*.c has these. */
struct system {
    const char *preload;         /* the variable that names libraries to preload */
    const char *separators;      /* between them, */
    const char *separator_words; /* in words      */
    const char *library, *checked_library;
    const char *unversioned_library; /* as it is called in a build folder */
};
extern const struct system of_system;

/** Where this program is, to read it or to start it once more; NULL: nobody knows. */
const char *system_program(void);

/** Print the lines of `info` about what of the system matters. */
void system_rows(void);

/** An address in whatever serves calls of malloc in this process. */
void *system_malloc(void);

/** Rights beside the bits of the file's mode, as gains_rights. */
const char *system_rights(const char *path);

/** For ELF: the first library that defines malloc, of those that the program would load if ours were
 *  preloaded; empty: none does. False: it cannot be found out. */
bool system_first_malloc(const char *interpreter, const char *program, char *first, size_t bytes);

#endif
