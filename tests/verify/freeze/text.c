/* text.c -- the library's instructions, and how often the victim was seen before each. */
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 65536

static struct instruction text[TEXT_MAX];
static unsigned count;

/* Begins another function than the instruction before? Names may be there twice, in a row never. */
static bool begins(unsigned i) { return i == 0 || strcmp(text[i].function, text[i - 1].function); }

void text_read(const char *path) {
    char function[256];
    uintptr_t address;
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    while (fscanf(file, "%" SCNxPTR " %255s", &address, function) == 2) {
        if (count == TEXT_MAX || (count > 0 && address <= text[count - 1].address)) {
            fprintf(stderr, "%s: too long, or not in order\n", path);
            exit(1);
        }
        const char *name = function;
        if (count > 0 && strcmp(text[count - 1].function, function) == 0)
            name = text[count - 1].function;
        else name = strdup(function);
        text[count++] = (struct instruction){.address = address, .function = name};
    }
    fclose(file);
}

static int compare(const void *key, const void *element) {
    uintptr_t address = *(const uintptr_t *)key;
    uintptr_t other = ((const struct instruction *)element)->address;
    return address < other ? -1 : address > other;
}

struct instruction *text_at(uintptr_t address) {
    return bsearch(&address, text, count, sizeof *text, compare);
}

/* Compilers put what is unlikely elsewhere, as if it were a function. */
bool text_is_entry(const struct instruction *at) {
    return begins((unsigned)(at - text)) && strstr(at->function, ".cold") == NULL;
}

/* Visited instructions of the function that begins at i, and where it ends. */
static unsigned visited_from(unsigned i, unsigned *end) {
    unsigned visited = 0;
    unsigned first = i;
    do visited += text[i].visits != 0;
    while (++i < count && !(i > first && begins(i)));
    *end = i;
    return visited;
}

struct coverage text_coverage(void) {
    struct coverage all = {.instructions = count};
    for (unsigned i = 0, end; i < count; i = end) {
        unsigned visited = visited_from(i, &end);
        all.visited += visited;
        all.functions++;
        all.functions_visited += visited != 0;
    }
    return all;
}

void text_report(FILE *out) {
    fprintf(out, "never visited:\n");
    for (unsigned i = 0, end; i < count; i = end)
        if (visited_from(i, &end) == 0)
            fprintf(out, "    %-28s %4u instructions\n", text[i].function, end - i);
    fprintf(out, "visited:\n");
    for (unsigned i = 0, end; i < count; i = end) {
        unsigned visited = visited_from(i, &end);
        unsigned stops = 0, steps = 0;
        for (unsigned j = i; j < end; j++) {
            stops += text[j].stops;
            steps += text[j].visits;
        }
        if (visited != 0)
            fprintf(out, "    %-28s %4u of %4u instructions, %7u steps, %6u stops\n",
                    text[i].function, visited, end - i, steps, stops);
    }
}
