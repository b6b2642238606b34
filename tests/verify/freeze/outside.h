/* outside.h -- how a thread has the library's calls of libc fail, and its end watched. */
#ifndef OUTSIDE_H
#define OUTSIDE_H

#include <pthread.h>
#include <setjmp.h>
#include <stdbool.h>

/** Which calls of this thread are refused. */
enum failing {
    FAIL_NOTHING,
    FAIL_MAP,    /* every new mapping             */
    FAIL_ADVISE, /* giving memory back            */
    FAIL_RESIZE, /* growing or shrinking in place */
    FAIL_MOVE,   /* that, and moving              */
    FAIL_KEY     /* all that has to do with keys  */
};
extern _Thread_local enum failing failing;

/** Where this thread's mappings should be; NULL: the kernel's choice. */
extern _Thread_local void *map_hint;

/** Whether this thread is watched when the library's exit hook runs. */
extern _Thread_local bool exit_watched;

/** Where this thread goes on when the library has reported a misuse; NULL: the process ends. */
extern _Thread_local jmp_buf *misuse_caught;

/** pthread_key_create for those who are not the library. */
int own_key_create(pthread_key_t *key, void (*callback)(void *));

#endif
