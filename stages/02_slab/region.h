/* region.h -- one piece of address space, taken from the low end up, never given back.
 *
 * The OS backs a page when it is first touched, so a large region costs nothing until it is used.
 */
#ifndef REGION_H
#define REGION_H

#include <stdbool.h>
#include <stddef.h>

/** The next bytes of the region, at a multiple of align (a power of two); they read as zero. NULL
 *  if the region is used up. */
void *region_take(size_t bytes, size_t align);

/** Whether an address lies in what was taken from the region. */
bool region_has(const void *address);

#endif
