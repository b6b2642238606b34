/* observe_posix.c -- files, signals and stacks for observing, by POSIX and the compiler's unwinder. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#include <unwind.h>

#include "atomic.h"
#include "observe.h"
#include "observe_os.h"

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

const char *observe_open(observe_file *file, const char *path, bool append) {
    int saved = errno;
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | (append ? O_APPEND : O_TRUNC);
    int number = open(path, flags, 0666);
    const char *wrong = number < 0 ? reason(errno) : NULL;
    *file = number;
    errno = saved;
    return wrong;
}

void observe_write(observe_file file, const char *text, size_t length) {
    int saved = errno;
    while (length > 0) {
        ssize_t written = write((int)file, text, length);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) break;
        text += written;
        length -= (size_t)written;
    }
    errno = saved;
}

void observe_close(observe_file file) {
    int saved = errno;
    close((int)file);
    errno = saved;
}

size_t observe_process(void) { return (size_t)getpid(); }

static void (*_Atomic call_at_signal)(void);

static void on_signal(int number) {
    int saved = errno;
    (void)number;
    atom_load(&call_at_signal, relaxed)();
    errno = saved;
}

/* A handler that the program has set is left alone, and may be set later. */
static const char *listen_to(int number) {
    struct sigaction before, ours = {.sa_flags = SA_RESTART};
    if (sigaction(number, NULL, &before) != 0) return "there is no such signal";
    if (before.sa_handler == on_signal) return NULL;
    if (before.sa_handler != SIG_DFL) return "the program uses that signal itself";
    ours.sa_handler = on_signal;
    sigemptyset(&ours.sa_mask);
    return sigaction(number, &ours, NULL) == 0 ? NULL : "that signal cannot be caught";
}

const char *observe_listen(size_t number, bool asked, void (*heard)(void)) {
    int saved = errno;
    (void)asked;
    atom_store(&call_at_signal, heard, relaxed);
    const char *wrong = listen_to(number == 0 ? SIGUSR2 : (int)number);
    errno = saved;
    return wrong;
}

/* libc's backtrace loads what it needs once. Where it is missing (musl, static programs), the C++
 * runtime's own walk is as good, if the program has it. */
__attribute__((weak)) int backtrace(void **frames, int count);
__attribute__((weak)) _Unwind_Reason_Code _Unwind_Backtrace(_Unwind_Trace_Fn look, void *argument);
#ifndef _Unwind_GetIP /* a macro on 32-bit ARM */
__attribute__((weak)) _Unwind_Ptr _Unwind_GetIP(struct _Unwind_Context *context);
#endif

struct walked {
    void **frames;
    int count, depth;
};

static _Unwind_Reason_Code look_at_frame(struct _Unwind_Context *context, void *argument) {
    struct walked *walked = (struct walked *)argument;
    if (walked->depth == walked->count) return _URC_END_OF_STACK;
    walked->frames[walked->depth++] = (void *)_Unwind_GetIP(context);
    return _URC_NO_REASON;
}

int observe_frames(void **frames, int count) {
    struct walked walked = {frames, count, 0};
    if (backtrace != NULL) return backtrace(frames, count);
    if (_Unwind_Backtrace == NULL) return 0;
    _Unwind_Backtrace(look_at_frame, &walked);
    return walked.depth;
}

void observe_mapped(struct out *out) {
    int saved = errno;
    int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    ssize_t got;
    out_flush(out);
    while (file >= 0 && (got = read(file, out->text, sizeof out->text)) > 0) {
        out->length = (size_t)got;
        out_flush(out);
    }
    if (file >= 0) close(file);
    errno = saved;
}
