/* os_faults.h -- an OS layer that refuses what it is told to refuse.
 *
 * The stage is linked with os_faults.c instead of its os_linux.c, whose functions go by the names
 * real_os_map and so on here and do the work when nothing is refused. No line of the stage knows.
 *
 * Counted   The calls of the functions that may fail, one by one, from faults_arm() on.
 * Kinds     Purged memory may behave as on Linux; or keep every second page, of which os.h warns;
 *           or, as on Windows, be out of reach until os_unpurge says that it is needed again.
 * Scattered Mappings of a superpage's alignment lie 64 GiB apart, so that each needs a leaf of
 *           the registry of its own, which the OS may refuse.
 * Ledger    The bytes that the layer has given and not got back; it knows nothing of the stage's
 *           own counting, and must agree with it.
 */
#ifndef OS_FAULTS_H
#define OS_FAULTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum os_function {
    OS_MAP,
    OS_PURGE,
    OS_UNPURGE,
    OS_PROTECT,
    OS_RESIZE,
    OS_MOVE,
    OS_HOOK,
    OS_FUNCTION_COUNT
};

#define ONE(function) (1u << (function))
#define ALL_FUNCTIONS ((1u << OS_FUNCTION_COUNT) - 1)

enum fault_mode {
    REFUSE_NOTHING,
    REFUSE_ONE,    /* counted call n                  */
    REFUSE_FROM,   /* counted call n and all later    */
    REFUSE_EVERY,  /* each nth counted call           */
    REFUSE_RANDOM, /* about one counted call out of n */
    REFUSE_MODES
};

enum purge_kind { PURGE_ZEROES, PURGE_KEEPS_SOME, PURGE_DECOMMITS, PURGE_KINDS };

struct faults {
    enum fault_mode mode;
    unsigned long n;
    unsigned counted; /* the functions that the mode is about          */
    unsigned never;   /* functions that are refused every time, besides */
    enum purge_kind purge;
    bool scatter;
};

/** Refuse from now on. Memory that was purged before keeps the kind that it was purged with. */
void faults_arm(const struct faults *faults);

/** The OS has recovered: nothing is refused any more; and it has not, after all. */
void faults_disarm(void);
void faults_resume(void);

/** Counted calls since faults_arm(), and how many calls were refused. */
unsigned long faults_calls(void);
unsigned long faults_refused(void);

/** Calls of a function since the process began, refused or not. */
unsigned long faults_calls_of(enum os_function function);

/** Refusals of memory (os_map, os_unpurge, access by os_protect) that this thread has met so far:
 *  the only reason for which one of its calls may return NULL. */
unsigned long faults_met(void);

/** Enter each place in the code from which a call was refused into a list of `count` addresses that
 *  ends with 0; it may be shared by processes. */
void faults_note_places(_Atomic uintptr_t *places, unsigned count);

/** Bytes given and not got back. */
size_t faults_ledger(void);

/** How often memory was given back: mappings, or the pages of a purge that was not refused. */
unsigned long faults_given_back(void);

#endif
