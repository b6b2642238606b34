/* world_windows.c -- the conformance test's view of Windows. */
#define WIN32_LEAN_AND_MEAN
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "world.h"

/* A model of Windows (doubles/) can be told to refuse. */
__attribute__((weak)) int double_refuse(unsigned nth, unsigned count) {
    (void)nth, (void)count;
    return -1;
}

int world_refuse(unsigned nth, unsigned count) { return double_refuse(nth, count); }

enum readable world_readable(const void *at) {
    MEMORY_BASIC_INFORMATION info;
    if (VirtualQuery(at, &info, sizeof info) == 0) return UNKNOWN;
    bool open = info.State == MEM_COMMIT && (info.Protect & PAGE_READWRITE) != 0;
    return open ? READABLE : UNREADABLE;
}

/* Reserved memory counts, committed or not; not images and files. */
size_t world_mapped_bytes(void) {
    MEMORY_BASIC_INFORMATION info;
    size_t sum = 0;
    for (char *at = NULL; VirtualQuery(at, &info, sizeof info) != 0; at += info.RegionSize)
        if (info.State != MEM_FREE && info.Type == MEM_PRIVATE) sum += info.RegionSize;
    return sum;
}

struct start {
    void (*run)(void *);
    void *argument;
};

static DWORD WINAPI begin(void *start) {
    ((struct start *)start)->run(((struct start *)start)->argument);
    return 0;
}

bool world_threads(void (*run)(void *), void *argument, unsigned count) {
    struct start start = {run, argument};
    HANDLE threads[16];
    unsigned made = 0;
    while (made < count && (threads[made] = CreateThread(NULL, 0, begin, &start, 0, NULL)) != NULL)
        made++;
    for (unsigned i = 0; i < made; i++) {
        WaitForSingleObject(threads[i], INFINITE);
        CloseHandle(threads[i]);
    }
    return made == count;
}

size_t world_thread_number(void) { return GetCurrentThreadId(); }

int world_error(void) { return errno; }
void world_set_error(int error) { errno = error; }

bool world_open_stderr(bool open) {
    static HANDLE kept;
    if (!open) kept = GetStdHandle(STD_ERROR_HANDLE);
    return SetStdHandle(STD_ERROR_HANDLE, open ? kept : INVALID_HANDLE_VALUE);
}

void world_print(const char *text) {
    DWORD written;
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), text, (DWORD)strlen(text), &written, NULL);
}

_Noreturn void world_exit(int status) { exit(status); }
