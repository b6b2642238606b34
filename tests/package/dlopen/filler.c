/* filler.c -- a library that takes of the thread-local storage that libc keeps for libraries. */
static _Thread_local char taken[BYTES] __attribute__((tls_model("initial-exec")));

char *take(void);

char *take(void) { return taken; }
