/* kernel.h -- the model kernel behind the doubles of each OS's calls.
 *
 * It maps real memory of Linux, by stricter rules: pages of a size of its own, addresses that are
 * aligned to no more than that, books on what is mapped, calls refused on request, and purged memory
 * that by turns keeps its contents or loses them. A call that no correct port makes ends the test.
 */
#ifndef TESTS_PORTS_DOUBLES_KERNEL_H
#define TESTS_PORTS_DOUBLES_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Each OS's double says these. */
extern const size_t kernel_page_bytes;  /* size of a page           */
extern const size_t kernel_grain_bytes; /* mappings begin at these */

int double_refuse(unsigned nth, unsigned count); /* world.h, world_refuse */

/** To be asked by every call that may fail: whether it shall. */
bool kernel_refuses(void);

/** Another answer each time. */
bool kernel_turn(void);

/** Whether a range consists of whole pages, and whether all of it is mapped. */
bool kernel_pages(const void *base, size_t bytes);
bool kernel_mapped(const void *base, size_t bytes);

/** Whether a range is one or more whole mappings. */
bool kernel_whole(const void *base, size_t bytes);

/** Map: at a place if it is free, or anywhere at a multiple of align, but at none of twice that
 *  unless by chance. NULL: there is no room. */
void *kernel_map(void *wanted, size_t bytes, size_t align, bool accessible);
void kernel_unmap(void *base, size_t bytes);

/** Lose the contents of all pages of a range, or of some. */
void kernel_lose(void *base, size_t bytes);
void kernel_lose_some(void *base, size_t bytes);

void kernel_protect(void *base, size_t bytes, bool accessible);

/** No correct port does this. */
_Noreturn void kernel_wrong(const char *what);

#endif
