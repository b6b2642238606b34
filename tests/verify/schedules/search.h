/* search.h -- one run after the other. */
#ifndef SEARCH_H
#define SEARCH_H

#include "explore.h"

enum outcome { FINISHED, PRUNED, FAILED };

struct search {
    uint64_t runs;   /* begun */
    uint64_t pruned; /* given up, since an equivalent run was tried before */
    uint64_t steps;  /* atomic operations in all of them */
    uint32_t seen;   /* what scenarios told to saw() */
};

extern struct search search;
extern char failure[500]; /* why the last run failed */

/** Build the state from which each run starts. */
void search_prepare(const struct scenario *scenario);
/** Make the run that is due. */
enum outcome search_next(void);
/** Go to the next run; false: there is none. */
bool search_more(void);
/** Repeat the last run, in words. */
void search_tell(void);

#endif
