/* observe_stack.h -- who called malloc.
 *
 * The program's frames, by the tables that its exceptions use. libc's backtrace does it, and loads what
 * it needs once, before sampling begins. Where it is missing (musl, static programs), the C++ runtime's
 * own walk is as good, if the program has it. A static program of C can be linked with
 * -Wl,-u,backtrace.
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
