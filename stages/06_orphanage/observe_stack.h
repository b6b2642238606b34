/* observe_stack.h -- who called malloc.
 *
 * The program's frames, as the OS layer walks them (observe_os.h). A static program of C can be linked
 * with -Wl,-u,backtrace.
 */
#ifndef OBSERVE_STACK_H
#define OBSERVE_STACK_H

#include <stdbool.h>
#include <stdint.h>

#define STACK_DEPTH 32

/** Load what is needed. False: there is nothing to walk the stack with. */
bool stack_prepare(void);

/** Return addresses, the innermost first, without our own; at least one. Returns how many. */
uint32_t stack_here(void **frames);

#endif
