/* figure.h -- what a live figure's shim has in common with the others.
 *
 * A shim is compiled together with a stage, for WebAssembly (the page) and natively (the check). It
 * calls the stage, and reads the stage's own structures for the page to draw. All that it exports has
 * one shape, so that the check can replay a page's calls and compare every answer.
 */
#ifndef FIGURE_H
#define FIGURE_H

#include <stddef.h>
#include <stdint.h>

/* EXPORT uint32_t name(uint32_t a, uint32_t b): found by this text, and called by this name. */
#define EXPORT

/** Where the memory of os_figure.c begins: a multiple of 32 MiB, in the page and natively. */
uintptr_t memory_base(void);

/* How much of it there is. */
#ifndef MEMORY_BYTES
#define MEMORY_BYTES ((size_t)64 << 20)
#endif

/** An address as the page sees it: from the start of the memory; all ones for NULL. */
static inline uint32_t place(const void *address) {
    return address == NULL ? UINT32_MAX : (uint32_t)((uintptr_t)address - memory_base());
}

/** What lies at a place. */
static inline void *at_place(uint32_t where) { return (void *)(memory_base() + where); }

/** The thread that the module plays, and the end of it: what it asked for at its end is called. */
#define FIGURE_THREADS 3
extern uint32_t figure_thread;
void thread_ends(void);

#endif
