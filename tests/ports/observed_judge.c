/* observed_judge.c -- are statistics, picture and profile what they should be? */
#include <stdlib.h>
#include <string.h>

#include "observed.h"

#define FUNCTION_BYTES 2048 /* no function of the test is longer */

/* Read JSON strictly, but for numbers, which are natural ones here. NULL: it is none. */
static const char *read_value(const char *at);

static const char *skip(const char *at) { return at + strspn(at, " \n\r\t"); }

static const char *read_string(const char *at) {
    if (*at++ != '"') return NULL;
    at += strcspn(at, "\"\\\n");
    return *at == '"' ? at + 1 : NULL;
}

static const char *read_members(const char *at, char end, bool named) {
    at = skip(at);
    if (*at == end) return at + 1;
    for (;;) {
        if (named) {
            at = read_string(skip(at));
            if (at == NULL || *(at = skip(at)) != ':') return NULL;
            at++;
        }
        at = read_value(at);
        if (at == NULL) return NULL;
        at = skip(at);
        if (*at == end) return at + 1;
        if (*at++ != ',') return NULL;
    }
}

static const char *read_value(const char *at) {
    at = skip(at);
    if (*at == '{') return read_members(at + 1, '}', true);
    if (*at == '[') return read_members(at + 1, ']', false);
    if (*at == '"') return read_string(at);
    size_t digits = strspn(at, "0123456789");
    return digits == 0 ? NULL : at + digits;
}

/* The first member of that name. */
static size_t member(const char *text, const char *name) {
    char quoted[64] = "\"";
    strcat(strcat(quoted, name), "\": ");
    const char *at = strstr(text, quoted);
    if (at == NULL) not_so(name);
    return (size_t)strtoull(at + strlen(quoted), NULL, 10);
}

size_t judge_statistics(const char *text, size_t live) {
    static const char *const parts[] = {"live_bin_bytes", "live_wide_bytes", "live_huge_bytes",
                                        "freed_bytes",    "free_slot_bytes", "tail_bytes",
                                        "cached_bytes",   "header_bytes"};
    const char *end = read_value(text);
    size_t sum = 0, mapped = member(text, "mapped_bytes");
    MUST(end != NULL && *skip(end) == '\0');
    for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++) sum += member(text, parts[i]);
    MUST(sum == mapped);
    MUST(member(text, "live_bin_bytes") >= live);
    MUST(mapped <= member(text, "mapped_peak_bytes") && mapped < 64 * live);
    MUST(member(text, "process") != 0 && member(text, "heaps") >= 1);
    MUST(member(text, "slabs") >= 1); /* of the first class */
    return mapped;
}

void judge_picture(const char *text) {
    const char *end = strstr(text, "</svg>");
    MUST(strncmp(text, "<svg ", 5) == 0 && strstr(text, "superpage 0x") != NULL);
    MUST(end != NULL && end[6 + strspn(end + 6, "\r\n")] == '\0');
}

static bool is_mapped(const char *pieces, uint64_t address) {
    while (pieces != NULL) {
        char *end;
        uint64_t from = strtoull(++pieces, &end, 16);
        uint64_t to = *end == '-' ? strtoull(end + 1, NULL, 16) : 0;
        if (address >= from && address < to) return true;
        pieces = strchr(pieces, '\n');
    }
    return false;
}

void judge_profile(const char *text, size_t rate, const void *from) {
    static const char head[] = "heap profile: ", mapped[] = "\nMAPPED_LIBRARIES:\n";
    const char *pieces = strstr(text, mapped), *at = strstr(text, "@ heap_v2/");
    MUST(strncmp(text, head, sizeof head - 1) == 0 && pieces != NULL && at != NULL);
    MUST(strtoull(at + 10, NULL, 10) == rate);
    size_t samples = (size_t)strtoull(text + sizeof head - 1, NULL, 10), sum = 0;
    const char *line = strchr(text, '\n');
    for (; line + 1 < pieces; line = strchr(line + 1, '\n')) {
        sum += (size_t)strtoull(line + 1, NULL, 10);
        at = strstr(line, "] @ 0x");
        MUST(at != NULL && at < pieces);
        uint64_t frame = strtoull(at + 4, NULL, 16), first = (uint64_t)(uintptr_t)from;
        MUST(is_mapped(pieces + sizeof mapped - 2, frame));
        MUST(from == NULL || (frame > first && frame < first + FUNCTION_BYTES));
    }
    MUST(samples > 0 && sum == samples);
}
