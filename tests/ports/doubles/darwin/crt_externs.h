/* crt_externs.h -- macOS's, as far as the port uses it. */
extern char **environ;
static inline char ***_NSGetEnviron(void) { return &environ; }
