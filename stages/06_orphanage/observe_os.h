/* observe_os.h -- what looking at the heap asks of an operating system, beside os.h.
 *
 * One file per family implements it (observe_posix.c, observe_windows.c), and the build chooses which;
 * no other file that observes knows on what it runs. The contract is that of os.h: no call to malloc
 * or stdio, usable before constructors have run and after destructors have, errno preserved. What
 * writes and what walks is also safe in a signal's handler, where there are signals.
 */
#ifndef OBSERVE_OS_H
#define OBSERVE_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct out; /* observe.h */

/** An open file. */
typedef intptr_t observe_file;

/** Open a file to write to it: at its end, or anew. It is made, if it is not there. NULL, or why it
 *  cannot be had, as a text that stays valid. */
const char *observe_open(observe_file *file, const char *path, bool append);

/** Write all of a text; if the disk is full, say, there is nobody to tell. */
void observe_write(observe_file file, const char *text, size_t length);

void observe_close(observe_file file);

/** The number of this process. */
size_t observe_process(void);

/** Have a function called at a signal; 0: at the one that is usual for this. A handler of the program's
 *  own is left alone. asked: somebody asked for it by name; an OS without signals then says so, and
 *  else nothing. NULL, or why it cannot be had. */
const char *observe_listen(size_t number, bool asked, void (*heard)(void));

/** Return addresses, the innermost first, by the tables that exceptions use; some are of ours. Loads
 *  what it needs when it is first called. Returns how many; 0: there is nothing to walk the stack
 *  with. */
int observe_frames(void **frames, int count);

/** What is mapped where, a line for each piece, as in Linux's /proc/self/maps; nothing where nobody
 *  tells. */
void observe_mapped(struct out *out);

#endif
