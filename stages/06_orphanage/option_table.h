/* option_table.h -- what options there are, and how their values are written. */
#ifndef OPTION_TABLE_H
#define OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "line.h"
#include "options.h"

enum option_kind {
    KIND_COUNT,  /* a number                                  */
    KIND_BYTES,  /* a size, such as 65536, 64K, 512M or 2G    */
    KIND_CHOICE, /* one of some words                         */
    KIND_SWITCH, /* 0 or 1                                    */
    KIND_PATH    /* the name of a file; %p in it stands for the number of the process */
};

struct option_row {
    const char *name;
    enum option_kind kind;
    size_t standard; /* the value if nobody sets it */
    size_t least, most;
    const char *unit;  /* of a number */
    const char *words; /* of a choice, in the order of their values, with a blank behind each */
    const char *text;
};

/** A value that was read. */
struct setting {
    size_t value;
    const char *text;
};

extern const struct option_row option_table[OPTION_COUNT];

/** The option of a name; OPTION_COUNT: there is none. */
enum option option_find(const char *name, size_t length);

/** Read a value. Returns NULL, or what is wrong with it. */
const char *option_parse(enum option which, const char *from, size_t length, struct setting *out);

/** Append which values an option may have. */
void option_put_range(struct line *line, enum option which);

/** Append a value as one would write it. */
void option_put_value(struct line *line, enum option which, size_t value, const char *text);

#endif
