/* line.h -- a line of text, put together without allocating. What does not fit is cut off. */
#ifndef LINE_H
#define LINE_H

#include <stddef.h>
#include <stdint.h>

#include "os.h"

struct line {
    char text[512];
    size_t length;
};

/** Letters of a text; without libc, which the core does not need. */
static inline size_t length_of(const char *text) {
    size_t length = 0;
    while (text[length] != '\0') length++;
    return length;
}

static inline void put_char(struct line *line, char c) {
    if (line->length < sizeof line->text - 2) line->text[line->length++] = c;
}

static inline void put_text(struct line *line, const char *text) {
    while (*text != '\0') put_char(line, *text++);
}

static inline void put_number(struct line *line, uint64_t number, unsigned base) {
    char digits[2 * sizeof number + 4];
    unsigned count = 0;
    do {
        digits[count++] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    while (count > 0) put_char(line, digits[--count]);
}

/** End the line and write it to standard error. */
static inline void put_line(struct line *line) {
    line->text[line->length] = '\n'; /* put_char left room for it, and for a zero byte */
    line->text[line->length + 1] = '\0';
    os_write(line->text, line->length + 1);
    line->length = 0;
}

#endif
