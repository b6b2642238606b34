/* misuse.h -- one misuse of malloc: what it does, where it comes from, how it tells that it got by.
 *
 * Two public lists say what a careful allocator should notice, and allocators are compared by them:
 *
 *   BENCH     the security suite of mimalloc-bench: 37 misuses at three sizes of block (8 B, 4 KiB,
 *             256 KiB) and five of C++ at one: 42 cases, 116 programs. A program prints a mark when
 *             it is through with its misuse. It counts as caught if it never prints the mark, by
 *             whatever end, within a second; what is noticed after the mark does not count.
 *   HARDENED  the test suite of hardened_malloc: 51 programs. Some are misuses, which must end the
 *             process; others are promises about blocks, which must be kept.
 *
 * The programs here are ours, for the behaviours that those describe; `theirs` is the name there.
 * They call malloc and free by these names, so that the same objects run on any allocator, and
 * libc's own allocations are served by it, too. That matters: the mark is printed by puts(), which
 * allocates its buffer then, and for many misuses this is the last chance to notice.
 */
#ifndef VERIFY_MISUSE_H
#define VERIFY_MISUSE_H

#include <stddef.h>

enum list { BENCH, HARDENED };

enum sizes {
    SIZED,  /* at 8 B, 4 KiB, 256 KiB, and at 4 MiB, which is ours and counted apart */
    THRICE, /* the size does not matter, but there are three programs all the same   */
    ONCE    /* one program                                                           */
};

enum want {
    NOTICED, /* a misuse: the mark must not be reached                 */
    KEPT     /* a promise: the process ends normally, without the mark */
};

struct misuse {
    const char *name;
    const char *theirs;
    void (*commit)(const struct misuse *self, size_t size);
    ptrdiff_t by; /* how far beyond the block, how often: as commit has it */
    enum sizes sizes;
    enum list list;
    enum want want;
    size_t size; /* ONCE: the block's */
};

/* What differs from case to case; the only size of C++'s cases is 4 KiB. */
#define SIZED_CASE(name, theirs, commit, by) \
    { name, theirs, commit, by, SIZED, BENCH, NOTICED, 0 }
#define THRICE_CASE(name, theirs, commit, by) \
    { name, theirs, commit, by, THRICE, BENCH, NOTICED, 0 }
#define ONCE_CASE(name, theirs, commit, by) \
    { name, theirs, commit, by, ONCE, BENCH, NOTICED, 4096 }
#define HARDENED_CASE(name, theirs, commit, by, size) \
    { name, theirs, commit, by, ONCE, HARDENED, NOTICED, size }
#define HARDENED_PROMISE(name, theirs, commit, by, size) \
    { name, theirs, commit, by, ONCE, HARDENED, KEPT, size }

#define UNUSED __attribute__((unused))

/* How a child tells: by the mark on standard output, or by its status. */
#define MARK "not caught"
#define STATUS_ABSENT 77 /* the allocator lacks the function                  */
#define STATUS_BROKEN 3  /* the case could not be tried: no memory, no thread */

#ifdef __cplusplus
extern "C" {
#endif

/* The misuse was not noticed. The mark is printed by stdio for BENCH, else without allocating. */
void got_by(const struct misuse *self);

/* A block; ends the child if there is none. */
char *block_of(size_t size);

/* Ends the child: no such function, or the case could not be tried. */
__attribute__((noreturn)) void absent(void);
__attribute__((noreturn)) void broken(void);

/* Tables, each ended by an entry without a name. */
extern const struct misuse double_frees[], invalid_frees[], overflows[], stale_blocks[];
extern const struct misuse empty_blocks[], hardened_misuses[], hardened_promises[];
extern const struct misuse operators[], hardened_operators[];

#ifdef __cplusplus
}
#endif

/* The compiler must not know where a pointer comes from, or it would warn, or drop the misuse. */
static inline char *hidden(void *pointer) {
    __asm__ volatile("" : "+r"(pointer) : : "memory");
    return (char *)pointer;
}

#endif
