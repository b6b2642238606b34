/* observe_out.c -- text in pieces, and files, without stdio: for signal handlers, too. */
#include "line.h"
#include "observe.h"

void out_flush(struct out *out) {
    if (out->length > 0) out->write(out->argument, out->text, out->length);
    out->length = 0;
}

void out_char(struct out *out, char c) {
    if (out->length == sizeof out->text) out_flush(out);
    out->text[out->length++] = c;
}

void out_text(struct out *out, const char *text) {
    while (*text != '\0') out_char(out, *text++);
}

static void out_digits(struct out *out, size_t number, unsigned base, unsigned width) {
    char digits[3 * sizeof number];
    unsigned count = 0;
    do {
        digits[count++] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    for (; width > count; width--) out_char(out, ' ');
    while (count > 0) out_char(out, digits[--count]);
}

void out_number(struct out *out, size_t number) { out_digits(out, number, 10, 0); }
void out_hex(struct out *out, uintptr_t number) { out_digits(out, number, 16, 0); }

void out_padded(struct out *out, size_t number, unsigned width) {
    out_digits(out, number, 10, width);
}

static void to_file(void *argument, const char *text, size_t length) {
    observe_write(*(observe_file *)argument, text, length);
}

static void expand(struct line *out, const char *path) {
    for (; *path != '\0'; path++) {
        if (path[0] == '%' && path[1] == 'p') put_number(out, observe_process(), 10), path++;
        else put_char(out, *path);
    }
    out->text[out->length] = '\0';
}

const char *file_check(const char *path) {
    struct line name = {.length = 0};
    observe_file file;
    expand(&name, path);
    const char *wrong = observe_open(&file, name.text, true);
    if (wrong == NULL) observe_close(file);
    return wrong;
}

static void report(const struct line *name, const char *wrong) {
    struct line line = {.length = 0};
    put_text(&line, "bitslab: cannot write ");
    put_text(&line, name->text);
    put_text(&line, ": ");
    put_text(&line, wrong);
    put_line(&line);
}

bool file_write(const char *path, bool append, void (*writer)(struct out *)) {
    struct line name = {.length = 0};
    observe_file file;
    expand(&name, path);
    const char *wrong = observe_open(&file, name.text, append);
    if (wrong != NULL) {
        report(&name, wrong);
        return false;
    }
    struct out out = {.write = to_file, .argument = &file};
    writer(&out);
    out_flush(&out);
    observe_close(file);
    return true;
}
