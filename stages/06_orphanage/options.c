/* options.c -- the table of options, and reading them. */
#include "options.h"

#include "atomic.h"
#include "bitslab.h"
#include "config.h"
#include "decay.h"
#include "limit.h"
#include "line.h"
#include "option_table.h"

#define TEXT_BYTES 4096     /* of all texts ever set    */
#define PATH_MAX_LENGTH 480 /* a longer path is refused */

static _Atomic size_t values[OPTION_COUNT]; /* plus 1; 0: nobody has set it */
static _Atomic(const char *) texts[OPTION_COUNT];
static _Atomic uint32_t loaded;
static _Atomic uint32_t reported;
static _Atomic(option_changed *) on_change;

#if BITSLAB_OBSERVED
__attribute__((used)) static void (*const begins_by_itself)(void) = observe_begin;
#endif

size_t option(enum option which) {
    size_t value = atom_load(&values[which], relaxed);
    return value == 0 ? option_table[which].standard : value - 1;
}

/* [OP-1] acquire: the letters are there. */
const char *option_text(enum option which) { return atom_load(&texts[which], acquire); }

bool option_is_set(enum option which) { return atom_load(&values[which], relaxed) != 0; }

void option_unset(enum option which) {
    atom_store(&texts[which], NULL, relaxed);
    atom_store(&values[which], 0, relaxed);
}

const char *option_name(enum option which) { return option_table[which].name; }

void options_on_change(option_changed *changed) { atom_store(&on_change, changed, relaxed); }

/* Texts are copied: programs that rename themselves write over their environment. What a text took is
 * never given back, since somebody may be reading it. */
static const char *keep_text(const char *from, size_t length) {
    static char kept[TEXT_BYTES];
    static _Atomic size_t used;
    size_t at = atom_load(&used, relaxed);
    do {
        if (length >= PATH_MAX_LENGTH || at + length + 1 > TEXT_BYTES) return NULL;
    } while (!atom_cas(&used, &at, at + length + 1, relaxed, relaxed));
    for (size_t i = 0; i < length; i++) kept[at + i] = from[i];
    return &kept[at]; /* static memory is zero: the text ends there */
}

/* Install a value that was read; what the environment says gives way to an earlier call. */
static const char *install(enum option which, const struct setting *setting, bool by_call) {
    size_t none = 0;
    if (!by_call && atom_load(&values[which], relaxed) != 0) return NULL;
    if (which == OPTION_LIMIT && !limit_set(setting->value)) return "less than what is in use";
    if (setting->text != NULL) atom_store(&texts[which], setting->text, release); /* [OP-1] */
    if (which == OPTION_PURGE_DELAY_MS)
        atom_store(&purge_delay_ms, (uint32_t)setting->value, relaxed);
    if (by_call) atom_store(&values[which], setting->value + 1, relaxed);
    else atom_cas(&values[which], &none, setting->value + 1, relaxed, relaxed);
    option_changed *changed = by_call ? atom_load(&on_change, relaxed) : NULL;
    return changed == NULL ? NULL : changed(which);
}

/* NULL, or what is wrong. */
static const char *set(enum option which, const char *from, size_t length, bool by_call) {
    struct setting setting;
    const char *wrong = option_parse(which, from, length, &setting);
    if (wrong != NULL) return wrong;
    if (option_table[which].kind == KIND_PATH) {
        setting.text = keep_text(from, length);
        if (setting.text == NULL) return "the text is too long";
    }
    return install(which, &setting, by_call);
}

static void report(const char *item, size_t length, enum option which, const char *wrong) {
    struct line line = {.length = 0};
    put_text(&line, "bitslab: BITSLAB_OPTIONS: '");
    for (size_t i = 0; i < length && i < 100; i++) put_char(&line, item[i]);
    put_text(&line, "' ignored: ");
    put_text(&line, wrong);
    if (which == OPTION_COUNT) put_text(&line, " (help=1 lists all)");
    else option_put_range(&line, which);
    put_line(&line);
}

/* One name=value, or the name of a switch alone. */
static void read_item(const char *item, size_t length, bool report_it) {
    size_t name = 0;
    while (name < length && item[name] != '=') name++;
    enum option which = option_find(item, name);
    const char *wrong = "there is no such option";
    if (which != OPTION_COUNT) {
        bool alone = name == length && option_table[which].kind == KIND_SWITCH;
        const char *value = alone ? "1" : item + name + (name < length);
        wrong = set(which, value, alone ? 1 : (size_t)(item + length - value), false);
    }
    if (wrong != NULL && report_it) report(item, length, which, wrong);
}

static void read_list(const char *list, bool report_it) {
    while (*list != '\0') {
        size_t length = 0;
        while (list[length] != '\0' && list[length] != ',') length++;
        if (length != 0) read_item(list, length, report_it);
        list += length + (list[length] == ',');
    }
}

static void to_standard_error(void *argument, const char *text, size_t length) {
    (void)argument;
    os_write(text, length);
}

void options_load(void) {
    const char *list;
    if (atom_load(&loaded, relaxed) != 0 || !os_environment("BITSLAB_OPTIONS", &list)) return;
    bool first = atom_swap(&reported, 1, relaxed) == 0;
    if (list != NULL) read_list(list, first);
    atom_store(&loaded, 1, relaxed);
    if (first && option(OPTION_HELP)) bitslab_options_print(to_standard_error, NULL);
}

const char *bitslab_option_set(const char *name, const char *value) {
    options_load();
    enum option which = option_find(name, length_of(name));
    if (which == OPTION_COUNT) return "there is no such option";
    return set(which, value, length_of(value), true);
}

size_t bitslab_option_get(const char *name, char *value, size_t bytes) {
    struct line line = {.length = 0};
    options_load();
    enum option which = option_find(name, length_of(name));
    if (which == OPTION_COUNT) return 0;
    option_put_value(&line, which, option(which), option_text(which));
    for (size_t i = 0; i < bytes; i++)
        value[i] = i < line.length && i + 1 < bytes ? line.text[i] : 0;
    return line.length + 1;
}

int bitslab_set_limit(size_t bytes) {
    struct setting setting = {bytes, NULL};
    options_load();
    bool good = bytes <= option_table[OPTION_LIMIT].most;
    return good && install(OPTION_LIMIT, &setting, true) == NULL ? 0
                                                                 : os_error_code(OS_BAD_ARGUMENT);
}
