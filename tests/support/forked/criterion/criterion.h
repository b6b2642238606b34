/* criterion.h -- the few words of Criterion that our tests use, for tools that slow a program down.
 *
 * Criterion runs each test in a new program, which costs a second under Valgrind, and its own
 * library is not compiled for the sanitizers. Here a test runs in a fork of one small program
 * (forked.c), and nothing but the test and the allocator is looked at. `make test` uses Criterion
 * itself; tests.mk takes this header where RUNNER=forked.
 */
#ifndef TESTS_SUPPORT_FORKED_CRITERION_H
#define TESTS_SUPPORT_FORKED_CRITERION_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct forked_options {
    int signal;     /* the test must end by it; 0: it must return */
    int exit_code;  /* the test must exit with it                 */
    double timeout; /* seconds; 0: the runner's own limit         */
};

struct forked_test {
    const char *suite, *name;
    void (*run)(void);
    struct forked_options options;
    struct forked_test *next;
};

/** Enter a test; called before main. */
void forked_enter(struct forked_test *test);

/** The test has failed: say where and why, and end its process. */
_Noreturn void forked_fail(const char *file, int line, const char *what, const char *format, ...);

#define Test(Suite, Name, ...)                                                            \
    static void Suite##_##Name(void);                                                     \
    static struct forked_test Suite##_##Name##_test = {                                   \
        .suite = #Suite, .name = #Name, .run = Suite##_##Name, .options = {__VA_ARGS__}}; \
    __attribute__((constructor)) static void Suite##_##Name##_enter(void) {               \
        forked_enter(&Suite##_##Name##_test);                                             \
    }                                                                                     \
    static void Suite##_##Name(void)

/* The message, a literal with what it formats, may be left out. */
#define cr_assert(condition, ...) \
    ((condition) ? (void)0 : forked_fail(__FILE__, __LINE__, #condition, "" __VA_ARGS__))
#define FORKED_COMPARE(a, operator, b, ...) \
    (((a) operator(b)) ? (void)0            \
                       : forked_fail(__FILE__, __LINE__, #a " " #operator" " #b, "" __VA_ARGS__))

#define cr_assert_eq(a, b, ...) FORKED_COMPARE(a, ==, b, __VA_ARGS__)
#define cr_assert_neq(a, b, ...) FORKED_COMPARE(a, !=, b, __VA_ARGS__)
#define cr_assert_lt(a, b, ...) FORKED_COMPARE(a, <, b, __VA_ARGS__)
#define cr_assert_leq(a, b, ...) FORKED_COMPARE(a, <=, b, __VA_ARGS__)
#define cr_assert_gt(a, b, ...) FORKED_COMPARE(a, >, b, __VA_ARGS__)
#define cr_assert_geq(a, b, ...) FORKED_COMPARE(a, >=, b, __VA_ARGS__)
#define cr_assert_str_eq(a, b, ...) FORKED_COMPARE(strcmp(a, b), ==, 0, __VA_ARGS__)
#define cr_assert_null(a, ...) FORKED_COMPARE(a, ==, NULL, __VA_ARGS__)
#define cr_assert_not_null(a, ...) FORKED_COMPARE(a, !=, NULL, __VA_ARGS__)

#endif
