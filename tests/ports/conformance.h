/* conformance.h -- how the conformance test says that something is not so. */
#ifndef TESTS_PORTS_CONFORMANCE_H
#define TESTS_PORTS_CONFORMANCE_H

#include <stdint.h>

#include "os.h"
#include "world.h"

extern unsigned long checks; /* made so far */

_Noreturn void not_so(const char *file, int line, const char *what, uint64_t value);

/** Check a condition; the value is printed if it does not hold. */
#define MUST(condition, value)                                                       \
    do {                                                                             \
        checks++;                                                                    \
        if (!(condition)) not_so(__FILE__, __LINE__, #condition, (uint64_t)(value)); \
    } while (0)

/** A call, which must leave errno as it was. */
#define KEPT(call) (world_set_error(kept_error), (call))
#define MUST_KEEP_ERROR(what) MUST(world_error() == kept_error, world_error())
enum { kept_error = 77 };

#define MIB ((size_t)1 << 20)
extern size_t page; /* os_page_bytes() */
size_t round_to_pages(size_t bytes);

/** Write and look at a pattern, which has no byte that is zero; parts know their offset. */
void fill(unsigned char *base, size_t bytes, unsigned seed);
bool filled(const unsigned char *base, size_t bytes, unsigned seed);
bool part_filled(const unsigned char *base, size_t at, size_t bytes, unsigned seed);
bool zero(const unsigned char *base, size_t bytes);

/** The functions of os.h, with what must hold for each call. */
unsigned char *map(size_t bytes, size_t align);
unsigned char *must_map(size_t bytes, size_t align);
void unmap(void *base, size_t bytes);
bool protect(unsigned char *base, size_t bytes, bool accessible);

/** Each page of a part that was purged, and taken back, is as the result says. */
void judge_purged(const unsigned char *base, size_t at, size_t bytes, unsigned seed,
                  enum os_purged result);

/* The parts of the test, and what they saw. */
void purging(void);
void protecting(void);
void resizing(void);
void thread_exits(void);
unsigned refusals(void);
extern unsigned long purged_as[3], resized, moved;

#endif
