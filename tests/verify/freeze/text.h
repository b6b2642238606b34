/* text.h -- the library's instructions, and how often the victim was seen before each. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct instruction {
    uintptr_t address;
    const char *function;
    unsigned visits;
    unsigned stops;
    unsigned child; /* the last one that visited it, by number */
};

/** Read the list that text.awk made: an address and a function in each line. */
void text_read(const char *path);

/** The instruction at an address; NULL: it is none of the library's. */
struct instruction *text_at(uintptr_t address);

/** Whether it is the first of a function that is called, not jumped to. */
bool text_is_entry(const struct instruction *at);

/** All of them, those that the victim came to, and functions. */
struct coverage {
    unsigned instructions, visited;
    unsigned functions, functions_visited;
};
struct coverage text_coverage(void);

/** Write for each function what was visited of it; those that were not, first. */
void text_report(FILE *out);

#endif
