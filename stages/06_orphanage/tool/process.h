/* process.h -- the objects of a running process, and whose malloc each of them calls. */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OBJECTS 1024

struct object { /* a mapped ELF file */
    uintptr_t start, end;
    char path[512];
};

/** The process that is looked at; whoever looks sets number and memory. */
struct process {
    const char *number;
    int memory; /* /proc/PID/mem, open */
    size_t count;
    struct object objects[OBJECTS];
};

extern struct process process;

/** Open /proc/PID/name for reading. */
bool process_open(int *file, const char *name);

/** Find the objects. False: it is not allowed. */
bool process_read_maps(void);

/** Whether the object defines a name. */
bool object_defines(const struct object *object, const char *name);

/** The object whose malloc an object calls; NULL: it calls none, or none is bound yet. */
const struct object *object_served_by(const struct object *object);

#endif
