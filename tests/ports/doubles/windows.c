/* windows.c -- a model of Windows' memory: reserved in grains of 64 KiB, committed by the page.
 *
 * Releasing takes whole reservations; committing may be refused, as may decommitting; memory that
 * was reset is lost by turns. With MODEL_OLD set in the environment, VirtualAlloc2 is not there, and
 * a place that was just released is taken by somebody else, every other time.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <windows.h>

#include "kernel.h"

#define RESERVATIONS_MAX 4096
#define ERROR_NOT_ENOUGH_MEMORY 8
#define ERROR_INVALID_PARAMETER 87
#define ERROR_INVALID_ADDRESS 487

const size_t kernel_page_bytes = 4096;
const size_t kernel_grain_bytes = 65536;

static _Thread_local DWORD last_error;

DWORD GetLastError(void) { return last_error; }
void SetLastError(DWORD error) { last_error = error; }

void GetSystemInfo(SYSTEM_INFO *info) {
    info->dwPageSize = (DWORD)kernel_page_bytes;
    info->dwAllocationGranularity = (DWORD)kernel_grain_bytes;
}

static void *no_memory(DWORD error) {
    last_error = error;
    return NULL;
}

struct reservation {
    char *base; /* NULL: unused */
    size_t bytes;
};

static struct reservation reservations[RESERVATIONS_MAX];
static pthread_mutex_t books = PTHREAD_MUTEX_INITIALIZER;

/* Whether a page is committed. The model's memory spans less than 16 GiB, so no two share a byte;
 * and it must not allocate, for the test counts what is mapped. */
static unsigned char committed[1 << 22];

static unsigned char *state_of(const char *at) {
    return &committed[((uintptr_t)at / kernel_page_bytes) % sizeof committed];
}

static void set_committed(const char *base, size_t bytes, bool now) {
    for (size_t at = 0; at < bytes; at += kernel_page_bytes) *state_of(base + at) = now;
}

static bool all_committed(const char *base, size_t bytes) {
    for (size_t at = 0; at < bytes; at += kernel_page_bytes)
        if (*state_of(base + at) == 0) return false;
    return true;
}

/* The reservation that a range lies in. Books must be held. */
static struct reservation *find(const char *base, size_t bytes) {
    for (unsigned i = 0; i < RESERVATIONS_MAX; i++) {
        struct reservation *r = &reservations[i];
        if (r->base != NULL && base >= r->base && base + bytes <= r->base + r->bytes) return r;
    }
    return NULL;
}

static struct reservation *reserve(void *wanted, size_t bytes, size_t align) {
    if (bytes > SIZE_MAX / 2) return NULL;
    char *base = kernel_map(wanted, bytes, align, false);
    if (base == NULL) return NULL;
    if (wanted != NULL && base != wanted) { /* somebody else has it by now */
        kernel_unmap(base, bytes);
        return NULL;
    }
    struct reservation *r = reservations;
    while (r->base != NULL)
        if (++r == reservations + RESERVATIONS_MAX) kernel_wrong("4096 reservations");
    *r = (struct reservation){base, bytes};
    set_committed(base, bytes, false);
    return r;
}

static bool commit(char *base, size_t bytes) {
    if (find(base, bytes) == NULL || kernel_refuses()) return false;
    set_committed(base, bytes, true);
    kernel_protect(base, bytes, true);
    return true;
}

static bool reset(char *base, size_t bytes) {
    if (find(base, bytes) == NULL || !all_committed(base, bytes)) return false;
    if (kernel_refuses()) return false;
    kernel_lose_some(base, bytes);
    return true;
}

static void drop(struct reservation *r) {
    kernel_unmap(r->base, r->bytes);
    r->base = NULL;
}

static void *allocate(char *base, size_t bytes, size_t align, DWORD type, DWORD protection) {
    if (bytes == 0 || !kernel_pages(base, bytes)) return no_memory(ERROR_INVALID_PARAMETER);
    if (type == MEM_RESET) return reset(base, bytes) ? base : no_memory(ERROR_INVALID_ADDRESS);
    if (type == MEM_COMMIT) return commit(base, bytes) ? base : no_memory(ERROR_NOT_ENOUGH_MEMORY);
    if ((type & MEM_RESERVE) == 0) kernel_wrong("VirtualAlloc of this type");
    if (protection != ((type & MEM_COMMIT) ? PAGE_READWRITE : PAGE_NOACCESS))
        kernel_wrong("VirtualAlloc with this protection");
    if ((uintptr_t)base % kernel_grain_bytes != 0) return no_memory(ERROR_INVALID_PARAMETER);
    struct reservation *r = kernel_refuses() ? NULL : reserve(base, bytes, align);
    if (r == NULL) return no_memory(ERROR_NOT_ENOUGH_MEMORY);
    if ((type & MEM_COMMIT) == 0 || commit(r->base, bytes)) return r->base;
    drop(r);
    return no_memory(ERROR_NOT_ENOUGH_MEMORY);
}

void *VirtualAlloc(void *base, SIZE_T bytes, DWORD type, DWORD protection) {
    bool taken =
        getenv("MODEL_OLD") != NULL && base != NULL && (type & MEM_RESERVE) && kernel_turn();
    if (taken) return no_memory(ERROR_INVALID_ADDRESS);
    int saved = errno; /* which Windows leaves alone */
    pthread_mutex_lock(&books);
    void *at = allocate(base, bytes, 1, type, protection);
    pthread_mutex_unlock(&books);
    errno = saved;
    return at;
}

struct requirements {
    void *lowest, *highest;
    size_t align;
};
struct parameter {
    uint64_t type;
    struct requirements *requirements;
};

static void *virtual_alloc_2(HANDLE process, void *base, SIZE_T bytes, ULONG type, ULONG protection,
                             struct parameter *parameters, ULONG count) {
    size_t align = parameters->requirements->align;
    if (process != GetCurrentProcess() || base != NULL || count != 1 || parameters->type != 1)
        kernel_wrong("VirtualAlloc2 with these arguments");
    if (align < kernel_grain_bytes || (align & (align - 1)) != 0)
        return no_memory(ERROR_INVALID_PARAMETER);
    int saved = errno;
    pthread_mutex_lock(&books);
    void *at = allocate(NULL, bytes, align, type, protection);
    pthread_mutex_unlock(&books);
    errno = saved;
    return at;
}

/* A reservation goes as a whole, and by its base alone. */
BOOL VirtualFree(void *base, SIZE_T bytes, DWORD type) {
    pthread_mutex_lock(&books);
    struct reservation *r = find(base, bytes);
    bool done = r != NULL && (type == MEM_RELEASE ? bytes == 0 && r->base == base
                                                  : kernel_pages(base, bytes) && !kernel_refuses());
    if (done && type == MEM_RELEASE) {
        drop(r);
    } else if (done && type == MEM_DECOMMIT) {
        set_committed(base, bytes, false);
        kernel_protect(base, bytes, false);
        kernel_lose(base, bytes);
    }
    pthread_mutex_unlock(&books);
    if (!done) last_error = ERROR_INVALID_ADDRESS;
    return done;
}

BOOL VirtualProtect(void *base, SIZE_T bytes, DWORD protection, DWORD *before) {
    pthread_mutex_lock(&books);
    bool done = find(base, bytes) != NULL && all_committed(base, bytes) &&
                kernel_pages(base, bytes) && !kernel_refuses();
    if (done) kernel_protect(base, bytes, protection == PAGE_READWRITE);
    pthread_mutex_unlock(&books);
    *before = PAGE_READWRITE;
    if (!done) last_error = ERROR_INVALID_ADDRESS;
    return done;
}

HANDLE GetCurrentProcess(void) { return (HANDLE)-1; }
HMODULE GetModuleHandleW(const wchar_t *name) { return (HMODULE)name; }

FARPROC GetProcAddress(HMODULE module, const char *name) {
    bool asked = module != NULL && strcmp(name, "VirtualAlloc2") == 0;
    return asked && getenv("MODEL_OLD") == NULL ? (FARPROC)(uintptr_t)virtual_alloc_2 : NULL;
}

/* Fiber-local values are called for once, when the thread ends. */
static pthread_key_t keys[64];
static _Atomic DWORD indexes;

DWORD FlsAlloc(fls_callback *callback) {
    DWORD index = indexes++;
    if (index >= 64 || pthread_key_create(&keys[index], callback) != 0) return FLS_OUT_OF_INDEXES;
    return index;
}

BOOL FlsFree(DWORD index) { return pthread_key_delete(keys[index]) == 0; }
BOOL FlsSetValue(DWORD index, void *value) { return pthread_setspecific(keys[index], value) == 0; }

uint64_t GetTickCount64(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

HANDLE GetStdHandle(DWORD which) { return which == STD_ERROR_HANDLE ? (HANDLE)3 : NULL; }

BOOL WriteFile(HANDLE file, const void *text, DWORD length, DWORD *written, void *overlapped) {
    if (file != (HANDLE)3 || overlapped != NULL) kernel_wrong("WriteFile elsewhere");
    int saved = errno; /* Windows knows no errno */
    ssize_t done = write(STDERR_FILENO, text, length);
    errno = saved;
    *written = done < 0 ? 0 : (DWORD)done;
    return done >= 0;
}

BOOLEAN SystemFunction036(void *buffer, ULONG bytes);
BOOLEAN SystemFunction036(void *buffer, ULONG bytes) { return getentropy(buffer, bytes) == 0; }
