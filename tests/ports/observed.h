/* observed.h -- what the two halves of observed.c share with their reader of reports. */
#ifndef TESTS_PORTS_OBSERVED_H
#define TESTS_PORTS_OBSERVED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** End the program, with what is not so. */
_Noreturn void not_so(const char *what);
#define MUST(condition) ((condition) ? (void)0 : not_so(#condition))

/** The statistics are JSON, and their parts add up to what is mapped; at least `live` bytes are live.
 *  Returns what is mapped. */
size_t judge_statistics(const char *text, size_t live);

/** The picture is a whole one. */
void judge_picture(const char *text);

/** The profile has its header and samples whose innermost frames lie in pieces that are mapped; from
 *  is NULL, or a function that all of them must lie in. */
void judge_profile(const char *text, size_t rate, const void *from);

#endif
