/* options.h -- what the user may change, by the environment or by a call.
 *
 * Problem   Options are wanted before main, in static programs, and by whichever thread comes first,
 *           while nothing may be allocated and nobody may wait.
 * Idea      One table says all about each option. BITSLAB_OPTIONS=name=value,... is read when the
 *           first heap is made; if two threads do it at once, both come to the same values, and each
 *           value is installed by one compare-and-swap, so that a call to set it is never undone.
 * Early     The dynamic linker allocates before libc knows the environment. Then the defaults hold
 *           until the next heap is made, or the library's constructor runs.
 * Wrong     An unknown name or a bad value is reported in one line, once, and ignored.
 * Progress  wait-free.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum option {
    OPTION_LIMIT,
    OPTION_THP,
    OPTION_PURGE_DELAY_MS,
    OPTION_STATS,
    OPTION_STATS_FORMAT,
    OPTION_STATS_FILE,
    OPTION_PICTURE,
    OPTION_PROFILE,
    OPTION_PROFILE_RATE,
    OPTION_DUMP,
    OPTION_SIGNAL,
    OPTION_VERBOSE,
    OPTION_HELP,
    OPTION_COUNT
};

enum { THP_LEAN, THP_NEVER, THP_ADVISE, THP_ALWAYS, THP_SYSTEM };
enum { WHEN_OFF, WHEN_EXIT, WHEN_SIGNAL, WHEN_BOTH };
enum { FORMAT_TEXT, FORMAT_JSON };

/** Read the environment, if that was not done. */
void options_load(void);

/** The value of an option; of a choice, its number. */
size_t option(enum option which);

/** The text of an option that is a path; NULL: not set. */
const char *option_text(enum option which);

/** Whether somebody has set it; and have it as if nobody had. */
bool option_is_set(enum option which);
void option_unset(enum option which);

const char *option_name(enum option which);

/** Begins what the options ask for (observe_start.c); it is called by itself, before main. */
void observe_begin(void);

/** Called after an option was set by a call; installed by what observes (observe.h). */
typedef const char *option_changed(enum option which);
void options_on_change(option_changed *changed);

#endif
