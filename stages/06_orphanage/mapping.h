/* mapping.h -- memory from the OS: counted, and within the limit.
 *
 * Every mapping is made and ended here, so that the limit holds (limit.h) and the OS is told whether
 * huge pages are wanted (option thp).
 */
#ifndef MAPPING_H
#define MAPPING_H

#include <stdbool.h>
#include <stddef.h>

/** Map memory as os_map does. NULL: the OS has none, or the limit forbids it. */
void *mapping_make(size_t bytes, size_t align);

/** Unmap a whole mapping. */
void mapping_end(void *base, size_t bytes);

#endif
