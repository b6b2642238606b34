/* os_windows.c -- the OS layer on Windows: memory is reserved, then committed, and released whole.
 *
 * Mappings begin at multiples of 64 KiB, and no part of one can be released. A thread's exit is
 * noticed by the value of a fiber-local variable, whose callback may still use thread-local ones.
 */
#define WIN32_LEAN_AND_MEAN
#include "os.h"

#include <errno.h>
#include <stdlib.h>
#include <windows.h>

#include "atomic.h"

#define GRANULARITY_BYTES ((size_t)64 * 1024)
#define TRIES 16 /* to reserve what was just found free, before another thread has it */

size_t os_page_bytes(void) {
    static _Atomic size_t page_bytes;
    size_t bytes = atom_load(&page_bytes, relaxed);
    if (bytes == 0) {
        SYSTEM_INFO info;
        GetSystemInfo(&info);
        bytes = info.dwPageSize;
        atom_store(&page_bytes, bytes, relaxed);
    }
    return bytes;
}

/* VirtualAlloc2 and its parameters came with Windows 10; headers and libraries may be older. */
struct requirements {
    void *lowest, *highest;
    size_t align;
};
struct parameter {
    uint64_t type;
    void *value;
};
#define ADDRESS_REQUIREMENTS 1
typedef void *WINAPI virtual_alloc_2(HANDLE process, void *base, SIZE_T bytes, ULONG type,
                                     ULONG protection, struct parameter *parameters, ULONG count);

static virtual_alloc_2 *find_virtual_alloc_2(void) {
    static _Atomic(virtual_alloc_2 *) found;
    virtual_alloc_2 *function = atom_load(&found, relaxed);
    if (function != NULL) return function;
    HMODULE module = GetModuleHandleW(L"kernelbase.dll");
    if (module == NULL) return NULL;
    function = (virtual_alloc_2 *)(uintptr_t)GetProcAddress(module, "VirtualAlloc2");
    atom_store(&found, function, relaxed);
    return function;
}

static void *map_with_alignment(size_t bytes, size_t align) {
    virtual_alloc_2 *allocate = find_virtual_alloc_2();
    struct requirements requirements = {NULL, NULL, align};
    struct parameter parameter = {ADDRESS_REQUIREMENTS, &requirements};
    if (allocate == NULL) return NULL;
    return allocate(GetCurrentProcess(), NULL, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE,
                    &parameter, 1);
}

/* Reserve more than is wanted, release it, and take the aligned part before anybody else does. */
static void *map_where_it_fits(size_t bytes, size_t align) {
    if (bytes + align < bytes) return NULL;
    for (unsigned tries = 0; tries < TRIES; tries++) {
        void *place = VirtualAlloc(NULL, bytes + align, MEM_RESERVE, PAGE_NOACCESS);
        if (place == NULL) return NULL;
        uintptr_t at = ((uintptr_t)place + align - 1) & ~(uintptr_t)(align - 1);
        VirtualFree(place, 0, MEM_RELEASE);
        place = VirtualAlloc((void *)at, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
        if (place != NULL) return place;
    }
    return NULL;
}

void *os_map(size_t bytes, size_t align) {
    DWORD saved = GetLastError();
    void *at = NULL;
    if (align <= GRANULARITY_BYTES)
        at = VirtualAlloc(NULL, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    else at = map_with_alignment(bytes, align);
    if (at == NULL && align > GRANULARITY_BYTES) at = map_where_it_fits(bytes, align);
    SetLastError(saved);
    return at;
}

void os_unmap(void *base, size_t bytes) {
    (void)bytes;
    DWORD saved = GetLastError();
    (void)VirtualFree(base, 0, MEM_RELEASE);
    SetLastError(saved);
}

/* What is decommitted allows no access, and costs nothing. */
enum os_purged os_purge(void *base, size_t bytes) {
    DWORD saved = GetLastError();
    BOOL done = VirtualFree(base, bytes, MEM_DECOMMIT);
    SetLastError(saved);
    return done ? OS_PURGE_ZEROED : OS_PURGE_FAILED;
}

enum os_purged os_reset(void *base, size_t bytes) {
    DWORD saved = GetLastError();
    void *done = VirtualAlloc(base, bytes, MEM_RESET, PAGE_READWRITE);
    SetLastError(saved);
    return done != NULL ? OS_PURGE_UNDEFINED : OS_PURGE_FAILED;
}

/* Committing what is committed changes nothing. What is not may be refused. */
bool os_unpurge(void *base, size_t bytes) {
    DWORD saved = GetLastError();
    void *done = VirtualAlloc(base, bytes, MEM_COMMIT, PAGE_READWRITE);
    SetLastError(saved);
    return done != NULL;
}

bool os_protect(void *base, size_t bytes, bool accessible) {
    DWORD saved = GetLastError(), before;
    BOOL done = VirtualProtect(base, bytes, accessible ? PAGE_READWRITE : PAGE_NOACCESS, &before);
    SetLastError(saved);
    return done;
}

bool os_resize(void *base, size_t old_bytes, size_t new_bytes) {
    (void)base, (void)old_bytes, (void)new_bytes;
    return false;
}

bool os_move(void *from, size_t bytes, void *to) {
    (void)from, (void)bytes, (void)to;
    return false;
}

/* Large pages need a right that few programs have. */
void os_hint_huge(void *base, size_t bytes, bool wanted) { (void)base, (void)bytes, (void)wanted; }

bool os_environment(const char *name, const char **value) {
    *value = getenv(name);
    return true;
}

static void (*_Atomic exit_callback)(void *);
static _Thread_local void *armed; /* the argument that this thread's exit hook gets */

/* Whoever deletes a fiber has its callbacks called, in whichever thread it is: only the thread that
 * armed the hook may end. */
static void WINAPI call_exit_hook(void *argument) {
    if (argument == NULL || argument != armed) return;
    armed = NULL;
    atom_load(&exit_callback, relaxed)(argument);
}

/* 0: none yet, else the index plus 1. A second thread that makes one too gives it back: nothing
 * was set in it, so that calls nobody. */
static _Atomic DWORD exit_index;

static bool get_exit_index(void (*callback)(void *), DWORD *index) {
    DWORD known = atom_load(&exit_index, acquire); /* [TX-1] the callback is seen with the index */
    if (known == 0) {
        atom_store(&exit_callback, callback, relaxed);
        *index = FlsAlloc(call_exit_hook);
        if (*index == FLS_OUT_OF_INDEXES) return false;
        if (atom_cas(&exit_index, &known, *index + 1, acq_rel, acquire)) return true; /* [TX-1] */
        FlsFree(*index);
    }
    *index = known - 1;
    return true;
}

bool os_on_thread_exit(void (*callback)(void *), void *argument) {
    DWORD saved = GetLastError(), index;
    bool done = get_exit_index(callback, &index) && FlsSetValue(index, argument);
    if (done) armed = argument;
    SetLastError(saved);
    return done;
}

uint32_t os_milliseconds(void) { return (uint32_t)GetTickCount64(); }

BOOLEAN NTAPI SystemFunction036(void *buffer, ULONG bytes); /* RtlGenRandom */

uint64_t os_random(void) {
    DWORD saved = GetLastError();
    uint64_t number = 0;
    if (!SystemFunction036(&number, sizeof number))
        number = GetTickCount64() << 32 ^ (uintptr_t)&number; /* better than nothing */
    SetLastError(saved);
    return number;
}

int os_error_code(enum os_failure failure) { return failure == OS_NO_MEMORY ? ENOMEM : EINVAL; }

void os_set_error(enum os_failure failure) { errno = os_error_code(failure); }

void os_write(const char *text, size_t length) {
    DWORD saved = GetLastError(), written;
    HANDLE file = GetStdHandle(STD_ERROR_HANDLE);
    while (length > 0) {
        DWORD piece = length < 4096 ? (DWORD)length : 4096;
        if (!WriteFile(file, text, piece, &written, NULL) || written == 0) break;
        text += written;
        length -= written;
    }
    SetLastError(saved);
}

_Noreturn void os_abort(void) { abort(); }
