/* observe_start.c -- what the options ask for, at the start, at a signal, and at the end.
 *
 * The signal's handler writes everything itself: a look takes no lock and allocates nothing
 * (observe.h), and files are written by system calls. So it works in a program whose threads sleep or
 * hang, too. If another thread is writing already, nothing is written twice, and nobody waits.
 */
#include "line.h"
#include "observe.h"
#include "options.h"
#include "os.h"

static void to_standard_error(void *argument, const char *text, size_t length) {
    (void)argument;
    os_write(text, length);
}

static void write_stats(void) {
    bool json = option(OPTION_STATS_FORMAT) == FORMAT_JSON;
    void (*writer)(struct out *) = json ? stats_write_json : stats_write_text;
    const char *path = option_text(OPTION_STATS_FILE);
    struct out out = {.write = to_standard_error};
    if (path != NULL && file_write(path, true, writer)) return;
    writer(&out);
    out_flush(&out);
}

static bool wanted_at(enum option which, size_t when) {
    size_t value = option(which);
    return value == when || value == WHEN_BOTH;
}

static void write_all_that_is_wanted(size_t when) {
    static _Atomic uint32_t writing;
    if (atom_swap(&writing, 1, acquire) != 0) return; /* [WR-1] */
    const char *picture = option_text(OPTION_PICTURE);
    const char *profile = option_text(OPTION_PROFILE);
    if (wanted_at(OPTION_STATS, when)) write_stats();
    if (picture != NULL && wanted_at(OPTION_DUMP, when)) file_write(picture, false, picture_write);
    if (profile != NULL && wanted_at(OPTION_DUMP, when)) file_write(profile, false, profile_write);
    atom_store(&writing, 0, release); /* [WR-1] one file is written by one thread at a time */
}

static void at_signal(void) { write_all_that_is_wanted(WHEN_SIGNAL); }

/* dump=both holds if nobody says anything, so nobody has asked for a signal by it. */
static const char *listen_to_signal(void) {
    bool file = option_text(OPTION_PICTURE) != NULL || option_text(OPTION_PROFILE) != NULL;
    bool stats = wanted_at(OPTION_STATS, WHEN_SIGNAL);
    if (!stats && !(file && wanted_at(OPTION_DUMP, WHEN_SIGNAL))) return NULL;
    bool asked = stats || option_is_set(OPTION_DUMP) || option_is_set(OPTION_SIGNAL);
    return observe_listen(option(OPTION_SIGNAL), asked, at_signal);
}

/* NULL, or why what an option asks for cannot be had; then nobody has set it. */
static const char *start(enum option which) {
    const char *path = option_text(which);
    const char *wrong = path == NULL ? NULL : file_check(path);
    if (which == OPTION_PROFILE && path != NULL && wrong == NULL) wrong = profile_start();
    if (wrong != NULL) option_unset(which);
    return wrong;
}

static const char *changed(enum option which) {
    const char *wrong = start(which);
    return wrong != NULL ? wrong : listen_to_signal();
}

static void report(enum option which, const char *wrong) {
    struct line line = {.length = 0};
    if (wrong == NULL) return;
    put_text(&line, "bitslab: BITSLAB_OPTIONS: '");
    put_text(&line, option_name(which));
    put_text(&line, "' ignored: ");
    put_text(&line, wrong);
    put_line(&line);
}

/* The options that are not as they are by themselves. */
static void put_settings(struct line *line) {
    char value[100];
    put_text(line, "bitslab " BITSLAB_VERSION " is the malloc of process ");
    put_number(line, observe_process(), 10);
    for (unsigned i = 0; i < OPTION_COUNT; i++) {
        enum option which = (enum option)i;
        if (!option_is_set(which)) continue;
        bitslab_option_get(option_name(which), value, sizeof value);
        put_text(line, ", ");
        put_text(line, option_name(which));
        put_char(line, '=');
        put_text(line, value);
    }
}

__attribute__((constructor)) void observe_begin(void) {
    struct line line = {.length = 0};
    options_load();
    options_on_change(changed);
    for (unsigned i = 0; i < OPTION_COUNT; i++) report((enum option)i, start((enum option)i));
    report(OPTION_SIGNAL, listen_to_signal());
    if (!option(OPTION_VERBOSE)) return;
    put_settings(&line);
    put_line(&line);
}

__attribute__((destructor)) static void at_end(void) { write_all_that_is_wanted(WHEN_EXIT); }
