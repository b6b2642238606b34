/* observe_out.c -- text in pieces, and files, without stdio: for signal handlers, too. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

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

static void write_all(int file, const char *text, size_t length) {
    while (length > 0) {
        ssize_t written = write(file, text, length);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return; /* the disk is full, say: there is nobody to tell */
        text += written;
        length -= (size_t)written;
    }
}

static void to_file(void *argument, const char *text, size_t length) {
    write_all(*(int *)argument, text, length);
}

static void expand(struct line *out, const char *path) {
    for (; *path != '\0'; path++) {
        if (path[0] == '%' && path[1] == 'p') put_number(out, (uint64_t)getpid(), 10), path++;
        else put_char(out, *path);
    }
    out->text[out->length] = '\0';
}

static const char *reason(int error) {
    switch (error) {
    case ENOENT: return "there is no such folder";
    case ENOTDIR: return "part of the path is no folder";
    case EISDIR: return "it is a folder";
    case EACCES:
    case EPERM: return "permission denied";
    case EROFS: return "the file system cannot be written";
    case EMFILE:
    case ENFILE: return "too many files are open";
    default: return "the system refuses";
    }
}

static int open_to_write(const char *path, struct line *name, int flags) {
    expand(name, path);
    return open(name->text, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | flags, 0666);
}

const char *file_check(const char *path) {
    struct line name = {.length = 0};
    int saved = errno;
    int file = open_to_write(path, &name, O_APPEND);
    const char *wrong = file < 0 ? reason(errno) : NULL;
    if (file >= 0) close(file);
    errno = saved;
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
    int saved = errno;
    int file = open_to_write(path, &name, append ? O_APPEND : O_TRUNC);
    if (file >= 0) {
        struct out out = {.write = to_file, .argument = &file};
        writer(&out);
        out_flush(&out);
        close(file);
    } else {
        report(&name, reason(errno));
    }
    errno = saved;
    return file >= 0;
}

void out_file(struct out *out, const char *path) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got;
    if (file < 0) return;
    out_flush(out);
    while ((got = read(file, out->text, sizeof out->text)) > 0) {
        out->length = (size_t)got;
        out_flush(out);
    }
    close(file);
}
