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

/** The path of the library; it is there, or the program ends with a message. */
const char *library_path(bool checked);

/** Set the environment so that programs started from now on are served by the library. */
void library_preload(const char *library);

/** The path of a program, looked up like a shell does; NULL: there is none. */
const char *find_program(const char *name);

/** The commands. */
int info(bool options);
int check_program(const char *name);
int check_process(const char *number);

/** Why a preloaded library cannot serve the program at all; NULL: nothing speaks against it. */
const char *never_preloaded(const char *path);

#endif
