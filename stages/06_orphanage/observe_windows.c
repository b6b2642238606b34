/* observe_windows.c -- files, stacks and modules for observing, by kernel32; there are no signals.
 *
 * Paths are in the code page in which the environment is read.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "observe.h"
#include "observe_os.h"

#define MODULE_COUNT 512
#define MODULE_PATH 512 /* letters; the end of a longer path is cut off */

/* Of <psapi.h>. They copy the loader's list from this process's memory, without its lock. */
struct module {
    void *base;
    DWORD bytes;
    void *entry;
};
BOOL WINAPI K32EnumProcessModules(HANDLE process, HMODULE *modules, DWORD bytes, DWORD *needed);
BOOL WINAPI K32GetModuleInformation(HANDLE process, HMODULE module, struct module *out,
                                    DWORD bytes);
DWORD WINAPI K32GetModuleFileNameExW(HANDLE process, HMODULE module, WCHAR *path, DWORD letters);

static bool is_separator(char c) { return c == '\\' || c == '/'; }

/* Windows calls a path that leads through a file just "not found". */
static bool leads_through_file(const char *path) {
    char part[MAX_PATH];
    for (size_t i = 0; path[i] != '\0' && i < sizeof part - 1; i++) {
        part[i] = path[i];
        if (i == 0 || !is_separator(path[i])) continue;
        part[i] = '\0';
        DWORD kind = GetFileAttributesA(part);
        if (kind != INVALID_FILE_ATTRIBUTES && !(kind & FILE_ATTRIBUTE_DIRECTORY)) return true;
        part[i] = path[i];
    }
    return false;
}

static const char *reason(DWORD error, const char *path) {
    DWORD kind = GetFileAttributesA(path);
    if (kind != INVALID_FILE_ATTRIBUTES && kind & FILE_ATTRIBUTE_DIRECTORY) return "it is a folder";
    if (leads_through_file(path)) return "part of the path is no folder";
    switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND: return "there is no such folder";
    case ERROR_INVALID_NAME:
    case ERROR_BAD_PATHNAME: return "no file can have that name";
    case ERROR_ACCESS_DENIED: return "permission denied";
    case ERROR_SHARING_VIOLATION: return "another program keeps it for itself";
    case ERROR_WRITE_PROTECT: return "the file system cannot be written";
    case ERROR_TOO_MANY_OPEN_FILES: return "too many files are open";
    default: return "the system refuses";
    }
}

/* Whoever may append only, and nothing else, has each piece written at the end by the system. */
const char *observe_open(observe_file *file, const char *path, bool append) {
    DWORD saved = GetLastError();
    HANDLE handle = CreateFileA(path, append ? FILE_APPEND_DATA : GENERIC_WRITE,
                                FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                                append ? OPEN_ALWAYS : CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    const char *wrong = handle == INVALID_HANDLE_VALUE ? reason(GetLastError(), path) : NULL;
    *file = (observe_file)handle;
    SetLastError(saved);
    return wrong;
}

void observe_write(observe_file file, const char *text, size_t length) {
    DWORD saved = GetLastError(), written;
    while (length > 0) {
        DWORD piece = length < 4096 ? (DWORD)length : 4096;
        if (!WriteFile((HANDLE)file, text, piece, &written, NULL) || written == 0) break;
        text += written;
        length -= written;
    }
    SetLastError(saved);
}

void observe_close(observe_file file) {
    DWORD saved = GetLastError();
    CloseHandle((HANDLE)file);
    SetLastError(saved);
}

size_t observe_process(void) { return GetCurrentProcessId(); }

const char *observe_listen(size_t number, bool asked, void (*heard)(void)) {
    (void)number, (void)heard;
    return asked ? "Windows has no signals; there is exit, and there are calls" : NULL;
}

/* Below the thread's first function Wine goes on, and finds zeros. */
int observe_frames(void **frames, int count) {
    DWORD saved = GetLastError();
    int found = RtlCaptureStackBackTrace(0, (DWORD)count, frames, NULL), depth = 0;
    while (depth < found && frames[depth] != NULL) depth++;
    SetLastError(saved);
    return depth;
}

/* start-end r-xp 00000000 00:00 0 path: the image lies in memory as a whole, and pprof finds its parts
 * by itself. */
static void out_module(struct out *out, const struct module *module, const char *path) {
    out_hex(out, (uintptr_t)module->base);
    out_char(out, '-');
    out_hex(out, (uintptr_t)module->base + module->bytes);
    out_text(out, " r-xp 00000000 00:00 0 ");
    out_text(out, path);
    out_char(out, '\n');
}

void observe_mapped(struct out *out) {
    HMODULE modules[MODULE_COUNT];
    struct module module;
    WCHAR wide[MODULE_PATH];
    char path[3 * MODULE_PATH + 1]; /* in UTF-8 */
    DWORD saved = GetLastError(), bytes = 0;
    HANDLE self = GetCurrentProcess();
    if (!K32EnumProcessModules(self, modules, sizeof modules, &bytes)) bytes = 0;
    if (bytes > sizeof modules) bytes = sizeof modules; /* there are more */
    for (unsigned i = 0; i < bytes / sizeof modules[0]; i++) {
        int length = (int)K32GetModuleFileNameExW(self, modules[i], wide, MODULE_PATH);
        if (!K32GetModuleInformation(self, modules[i], &module, sizeof module)) continue;
        length = WideCharToMultiByte(CP_UTF8, 0, wide, length, path, sizeof path - 1, NULL, NULL);
        path[length] = '\0';
        out_module(out, &module, path);
    }
    SetLastError(saved);
}
