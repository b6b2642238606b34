/* option_table.c -- the options, and the forms of their values. */
#include "option_table.h"

#include "bitslab.h"
#include "config.h"

#define WHEN "off exit signal both "

const struct option_row option_table[OPTION_COUNT] = {
    [OPTION_LIMIT] =
        {"limit", KIND_BYTES, 0, 0, REQUEST_MAX_BYTES, "bytes", NULL,
         "the most memory that may be mapped; beyond it malloc gives NULL; 0: no limit"},
    [OPTION_THP] =
        {"thp", KIND_CHOICE, THP_LEAN, 0, 0, NULL, "lean never advise always system ",
         "huge pages: none below 2 MiB, none, asked for above, for all, not our business"},
    [OPTION_PURGE_DELAY_MS] =
        {"purge_delay_ms", KIND_COUNT, PURGE_DELAY_MS, 0, 3600 * 1000, "milliseconds", NULL,
         "how long freed memory stays before it goes back to the OS; 0: it does at once"},
    [OPTION_STATS] = {"stats", KIND_CHOICE, WHEN_OFF, 0, 0, NULL, WHEN, "when to print statistics"},
    [OPTION_STATS_FORMAT] = {"stats_format", KIND_CHOICE, FORMAT_TEXT, 0, 0, NULL, "text json ",
                             "how to print them"},
    [OPTION_STATS_FILE] = {"stats_file", KIND_PATH, 0, 0, 0, NULL, NULL,
                           "append them to this file, and not to standard error"},
    [OPTION_PICTURE] = {"picture", KIND_PATH, 0, 0, 0, NULL, NULL,
                        "write a picture of the heap (SVG) to this file"},
    [OPTION_PROFILE] = {"profile", KIND_PATH, 0, 0, 0, NULL, NULL,
                        "sample the heap, and write the profile (pprof) to this file"},
    [OPTION_PROFILE_RATE] = {"profile_rate", KIND_BYTES, (size_t)512 << 10, 1, (size_t)1 << 30,
                             "bytes", NULL, "allocated bytes per sample, on average"},
    [OPTION_DUMP] = {"dump", KIND_CHOICE, WHEN_BOTH, 0, 0, NULL, WHEN,
                     "when to write the picture and the profile"},
    [OPTION_SIGNAL] = {"signal", KIND_COUNT, 0, 0, 64, "", NULL,
                       "the number of the signal at which all this is done; 0: SIGUSR2"},
    [OPTION_VERBOSE] = {"verbose", KIND_SWITCH, 0, 0, 1, NULL, NULL,
                        "say at the start what is in force"},
    [OPTION_HELP] = {"help", KIND_SWITCH, 0, 0, 1, NULL, NULL, "print this table at the start"},
};

static bool same(const char *text, const char *other, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (text[i] != other[i]) return false;
    return true;
}

enum option option_find(const char *name, size_t length) {
    unsigned i = 0;
    while (i < OPTION_COUNT &&
           !(length_of(option_table[i].name) == length && same(option_table[i].name, name, length)))
        i++;
    return (enum option)i;
}

static size_t word_length(const char *words) {
    size_t length = 0;
    while (words[length] != ' ') length++;
    return length;
}

static const char *parse_word(const char *words, const char *from, size_t length, size_t *value) {
    for (*value = 0; *words != '\0'; words += word_length(words) + 1, ++*value)
        if (word_length(words) == length && same(words, from, length)) return NULL;
    return "not one of its values";
}

/* K, M, G or T, perhaps with B or iB behind it. The shift, or -1: something else. */
static int parse_suffix(const char *from, size_t length) {
    static const char suffixes[] = "KMGT";
    if (length == 0) return 0;
    if (length > 3 || (length > 1 && !same(&"iB"[3 - length], from + 1, length - 1))) return -1;
    for (int i = 0; suffixes[i] != '\0'; i++)
        if ((from[0] & ~0x20) == suffixes[i]) return 10 * (i + 1);
    return -1;
}

static const char *parse_number(const struct option_row *row, const char *from, size_t length,
                                size_t *value) {
    size_t i = 0, number = 0;
    bool fits = true;
    if (from[0] == '-') return "negative";
    for (; i < length && from[i] >= '0' && from[i] <= '9'; i++)
        fits &= !__builtin_mul_overflow(number, (size_t)10, &number) &&
                !__builtin_add_overflow(number, (size_t)(from[i] - '0'), &number);
    int shift = row->kind == KIND_BYTES ? parse_suffix(from + i, length - i) : i == length ? 0 : -1;
    if (i == 0 || shift < 0) return "not a number";
    fits &= number <= SIZE_MAX >> shift;
    *value = number << shift;
    if (!fits || *value > row->most) return "too large";
    return *value < row->least ? "too small" : NULL;
}

const char *option_parse(enum option which, const char *from, size_t length, struct setting *out) {
    const struct option_row *row = &option_table[which];
    *out = (struct setting){0, NULL};
    if (length == 0) return "it has no value";
    if (row->kind == KIND_PATH) return NULL;
    if (row->kind == KIND_CHOICE) return parse_word(row->words, from, length, &out->value);
    return parse_number(row, from, length, &out->value);
}

/* The words of a choice, or one of them. */
static void put_words(struct line *line, const char *words, const char *between) {
    for (const char *word = words; *word != '\0'; word += word_length(word) + 1) {
        if (word != words) put_text(line, between);
        for (size_t i = 0; i < word_length(word); i++) put_char(line, word[i]);
    }
}

static void put_amount(struct line *line, const struct option_row *row, size_t value) {
    unsigned step = 0;
    while (row->kind == KIND_BYTES && value != 0 && value % 1024 == 0 && step < 4) {
        value /= 1024;
        step++;
    }
    put_number(line, value, 10);
    if (step > 0) put_char(line, "KMGT"[step - 1]);
}

void option_put_range(struct line *line, enum option which) {
    const struct option_row *row = &option_table[which];
    put_text(line, " (");
    switch (row->kind) {
    case KIND_CHOICE: put_words(line, row->words, ", "); break;
    case KIND_PATH: put_text(line, "the name of a file"); break;
    case KIND_SWITCH: put_text(line, "0 or 1"); break;
    case KIND_COUNT:
    case KIND_BYTES:
        put_amount(line, row, row->least);
        put_text(line, " to ");
        put_amount(line, row, row->most);
        if (row->unit[0] != '\0') put_char(line, ' ');
        put_text(line, row->unit);
        break;
    }
    put_char(line, ')');
}

void option_put_value(struct line *line, enum option which, size_t value, const char *text) {
    const struct option_row *row = &option_table[which];
    const char *word = row->words;
    switch (row->kind) {
    case KIND_PATH: put_text(line, text == NULL ? "" : text); break;
    case KIND_CHOICE:
        while (value-- > 0) word += word_length(word) + 1;
        for (size_t i = 0; i < word_length(word); i++) put_char(line, word[i]);
        break;
    default: put_amount(line, row, value); break;
    }
}

void bitslab_options_print(bitslab_write *write, void *argument) {
    for (unsigned i = 0; i < OPTION_COUNT; i++) {
        struct line line = {.length = 0};
        put_text(&line, option_table[i].name);
        put_char(&line, '=');
        option_put_value(&line, (enum option)i, option_table[i].standard, NULL);
        while (line.length < 22) put_char(&line, ' ');
        put_char(&line, ' ');
        put_text(&line, option_table[i].text);
        option_put_range(&line, (enum option)i);
        line.text[line.length++] = '\n';
        write(argument, line.text, line.length);
    }
}
