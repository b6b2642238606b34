/* paths.h -- short programs that together visit every place where the allocator asks the OS. */
#ifndef PATHS_H
#define PATHS_H

struct path {
    const char *name;
    void (*run)(void);
};

extern const struct path paths[];
extern const unsigned path_count;

#endif
