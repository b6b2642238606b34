/* registry.h -- which 2 MiB of the address space are ours.
 *
 * Problem   free() of a pointer that is not ours would read a header that is not there.
 * Idea      One bit per superpage-sized piece of the address space, in two levels: a root that is
 *           part of the program, and leaves of one page that are mapped when first needed.
 * Progress  lookup: wait-free. add: lock-free, OS-bound when a leaf is missing.
 * Source    Evans 2006 (looking a chunk up by its address).
 */
#ifndef REGISTRY_H
#define REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Enter the superpage at base. False: no memory for a leaf, or an address beyond 2^48. */
bool registry_add(uintptr_t base);

/** Remove the superpage at base (huge blocks only; true superpages stay for ever). */
void registry_remove(uintptr_t base);

/** The first registered superpage behind base; 0 if there is none. */
uintptr_t registry_next(uintptr_t base);

/** Bytes mapped for the registry itself. */
size_t registry_bytes(void);

/** Whether an address lies in the first 2 MiB of a mapping of ours. */
bool registry_has(uintptr_t address);

#endif
