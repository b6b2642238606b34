/* os_fuzz.h -- an OS whose failures are steps of the input. */
#ifndef FUZZ_OS_FUZZ_H
#define FUZZ_OS_FUZZ_H

#include <setjmp.h>

#include <stdint.h>

#include "os.h"

enum os_call { OS_MAP, OS_PURGE, OS_UNPURGE, OS_PROTECT, OS_RESIZE, OS_MOVE, OS_HOOK, OS_CALLS };

struct fuzz_os {
    struct {
        unsigned pass; /* so many calls work ...   */
        unsigned fail; /* ... then so many do not  */
    } plan[OS_CALLS];
    size_t page_bytes;
    enum os_purged purged; /* what a purge does when it works                    */
    size_t failures;       /* so far                                             */
    size_t given_back;     /* so far: ranges that were purged or unmapped        */
    bool hook_allocates;   /* as pthread_setspecific does for a high key         */
    bool abort_expected;   /* a wrong call is being made: come back by `escape`  */
    jmp_buf escape;
    char message[512]; /* what the allocator wrote last */
    size_t message_length;
};

extern struct fuzz_os fuzz_os;

/** Forget all plans: everything works, purged memory reads as zero. */
void os_calm(void);

/** Whether memory was purged and its use not announced since. */
bool os_is_purged(uintptr_t at, size_t bytes);

/** Start from nothing. */
void os_restart(size_t page_bytes);

#endif
