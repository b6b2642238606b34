/* protect.h -- which pages of the arena may be touched.
 *
 * Idea      Closed pages are only remembered while new inputs are tried. When the kept ones are
 *           replayed (run.thorough), they are closed for real, and so is all that is not mapped: a
 *           touch by anybody is a crash.
 */
#ifndef FUZZ_PROTECT_H
#define FUZZ_PROTECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Nothing is mapped. */
void protect_reset(void);

/** Mapped pages come or go. */
void protect_mapped(uintptr_t at, size_t bytes);
void protect_unmapped(uintptr_t at, size_t bytes);

/** Close pages, or open them. */
void protect_set(uintptr_t at, size_t bytes, bool accessible);

/** How many bytes of a range lie in closed pages: none, all or some. */
bool protect_any_closed(uintptr_t at, size_t bytes);
bool protect_any_open(uintptr_t at, size_t bytes);

/** The OS itself touches pages: open a range for a while. */
void protect_lift(uintptr_t at, size_t bytes);
void protect_restore(uintptr_t at, size_t bytes);

#endif
