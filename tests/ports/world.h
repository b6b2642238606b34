/* world.h -- what the conformance test needs to know beside os.h, to judge what an OS layer did.
 *
 * One file implements it per kind of system: world_posix.c, world_windows.c, world_wasm.c.
 */
#ifndef TESTS_PORTS_WORLD_H
#define TESTS_PORTS_WORLD_H

#include <stdbool.h>
#include <stddef.h>

/** Whether an access would succeed. Where no access can be caught, UNKNOWN. */
enum readable { UNREADABLE, READABLE, UNKNOWN };
enum readable world_readable(const void *at);

/** Bytes of address space that the process has mapped; 0: nobody can tell. */
size_t world_mapped_bytes(void);

/** Run a function in some threads at once, at most 16, and wait until they have ended, exit hooks
 *  included. False: there are no threads. */
bool world_threads(void (*run)(void *), void *argument, unsigned count);

/** Number of the thread that asks: another for each thread that lives at the same time. */
size_t world_thread_number(void);

/** What the port sets on failure: errno, or its stand-in. */
int world_error(void);
void world_set_error(int error);

/** Close standard error, or open it again as it was. False: it cannot be closed. */
bool world_open_stderr(bool open);

/** Have the OS's calls number nth to nth + count - 1 from now refused; count 0 ends it. Returns how
 *  many were refused since the last time, or -1: this OS cannot be told. */
int world_refuse(unsigned nth, unsigned count);
int double_refuse(unsigned nth, unsigned count); /* of a model, if there is one */

/** Print, and end the process with a status. */
void world_print(const char *text);
_Noreturn void world_exit(int status);

#endif
