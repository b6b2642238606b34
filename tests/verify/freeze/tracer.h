/* tracer.h -- one thread of the child, held by ptrace. */
#ifndef TRACER_H
#define TRACER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** What became of the thread. */
enum event {
    EVENT_TRAP, /* it has made a step, or asks to be stepped    */
    EVENT_NONE, /* it still runs; only if asked not to wait     */
    EVENT_ENDED /* it has ended, or the whole child has         */
};

/** Hold a thread of the child. False: forbidden, see tracer_refusal. */
bool tracer_seize(pid_t thread);

/** Why ptrace was refused; NULL: it was not, something else is wrong, and errno says what. */
const char *tracer_refusal(pid_t child);

/** Let the thread make one step, or run to its next trap. */
void tracer_step(pid_t thread);
void tracer_run(pid_t thread);

/** Have the thread trap before an instruction; 0: before none. False: this machine has no
 *  breakpoints for us. */
bool tracer_break(pid_t thread, uintptr_t address);

/** Wait for what the thread does next. Signals other than traps are passed on. */
enum event tracer_event(pid_t thread, bool wait);

/** Address of the thread's next instruction. */
uintptr_t tracer_address(pid_t thread);

/** The thread's stack pointer, and the word that it points to. */
uintptr_t tracer_stack(pid_t thread, uintptr_t *word);

#endif
