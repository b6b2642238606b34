/* os_faults.c -- an OS layer that refuses what it is told to refuse. */
#define _GNU_SOURCE
#include "os_faults.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "config.h"
#include "os.h"

/* os_linux.c's functions, renamed by the compiler's command line. */
void *real_os_map(size_t bytes, size_t align);
void real_os_unmap(void *base, size_t bytes);
enum os_purged real_os_purge(void *base, size_t bytes);
bool real_os_unpurge(void *base, size_t bytes);
bool real_os_protect(void *base, size_t bytes, bool accessible);
bool real_os_resize(void *base, size_t old_bytes, size_t new_bytes);
bool real_os_move(void *from, size_t bytes, void *to);
bool real_os_on_thread_exit(void (*callback)(void *), void *argument);

static struct faults armed;
static _Atomic bool active;
static _Atomic unsigned long calls, refused, calls_of[OS_FUNCTION_COUNT];
static _Atomic unsigned long given_back;
static _Atomic size_t ledger;
static _Atomic uintptr_t next_place = (uintptr_t)1 << 44;
static _Thread_local unsigned long met;
static _Thread_local struct {
    char *base;
    size_t bytes;
} last_map; /* of this thread, leaving out leaves and heaps */
static _Atomic uintptr_t *places;
static unsigned place_count;

void faults_arm(const struct faults *faults) {
    armed = *faults;
    atomic_store(&calls, 0);
    atomic_store(&refused, 0);
    atomic_store(&active, true);
}

void faults_note_places(_Atomic uintptr_t *list, unsigned count) {
    places = list;
    place_count = count;
}

void faults_disarm(void) { atomic_store(&active, false); }
void faults_resume(void) { atomic_store(&active, true); }
unsigned long faults_calls(void) { return atomic_load(&calls); }
unsigned long faults_refused(void) { return atomic_load(&refused); }
unsigned long faults_calls_of(enum os_function function) {
    return atomic_load(&calls_of[function]);
}
unsigned long faults_met(void) { return met; }
unsigned long faults_given_back(void) { return atomic_load(&given_back); }
size_t faults_ledger(void) { return atomic_load(&ledger); }

/* The same for every thread and in every run, as far as calls come in the same order. */
static bool random_hit(unsigned long call) {
    uint64_t mixed = (call + armed.n) * 0x9E3779B97F4A7C15u;
    return (mixed ^ mixed >> 29) % armed.n == 0;
}

static bool chosen(enum os_function function) {
    if (!atomic_load(&active)) return false;
    if (armed.never & ONE(function)) return true;
    if (!(armed.counted & ONE(function))) return false;
    unsigned long call = atomic_fetch_add(&calls, 1) + 1;
    switch (armed.mode) {
    case REFUSE_ONE: return call == armed.n;
    case REFUSE_FROM: return call >= armed.n;
    case REFUSE_EVERY: return call % armed.n == 0;
    case REFUSE_RANDOM: return random_hit(call);
    default: return false;
    }
}

static void note(uintptr_t place) {
    for (unsigned i = 0; i < place_count; i++) {
        uintptr_t there = 0;
        if (atomic_compare_exchange_strong(&places[i], &there, place) || there == place) return;
    }
}

/* Inlined, so that the return address is that of the os_ function. */
static inline __attribute__((always_inline)) bool refuse(enum os_function function, bool memory) {
    atomic_fetch_add(&calls_of[function], 1);
    if (!chosen(function)) return false;
    note((uintptr_t)__builtin_return_address(0));
    atomic_fetch_add(&refused, 1);
    met += memory;
    return true;
}

/* What os.h asks of callers. */
static void demand(bool holds, const char *what) {
    if (holds) return;
    os_write(what, strlen(what));
    os_write("\n", 1);
    os_abort();
}

static bool whole_pages(const void *base, size_t bytes) {
    size_t mask = os_page_bytes() - 1;
    return (((uintptr_t)base | bytes) & mask) == 0 && bytes != 0;
}

/* At the start of 64 GiB that nothing else of ours is in. NULL: taken, or no memory. */
static void *map_scattered(size_t bytes, size_t align) {
    int saved = errno;
    uintptr_t gap = (uintptr_t)1 << 36;
    uintptr_t place = atomic_fetch_add(&next_place, gap > bytes ? gap : 2 * bytes);
    place = (place + align - 1) & ~(align - 1);
    void *at = mmap((void *)place, bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    errno = saved;
    return at == MAP_FAILED ? NULL : at;
}

void *os_map(size_t bytes, size_t align) {
    demand(whole_pages(NULL, bytes | align) && (align & (align - 1)) == 0,
           "os_map: not whole pages");
    if (refuse(OS_MAP, true)) return NULL;
    bool scatter = atomic_load(&active) && armed.scatter && align >= SUPERPAGE_BYTES;
    void *at = scatter ? map_scattered(bytes, align) : NULL;
    if (at == NULL) at = real_os_map(bytes, align);
    if (at != NULL) atomic_fetch_add(&ledger, bytes);
    if (align < SUPERPAGE_BYTES) return at;
    last_map.base = at;
    last_map.bytes = bytes;
    return at;
}

void os_unmap(void *base, size_t bytes) {
    demand(whole_pages(base, bytes), "os_unmap: not whole pages");
    atomic_fetch_sub(&ledger, bytes);
    atomic_fetch_add(&given_back, 1);
    real_os_unmap(base, bytes);
}

static void protect(void *base, size_t bytes, int protection) {
    int saved = errno;
    demand(mprotect(base, bytes, protection) == 0, "mprotect");
    errno = saved;
}

static enum os_purged purge_some(char *base, size_t bytes) {
    size_t page = os_page_bytes();
    for (size_t at = page; at < bytes; at += 2 * page) real_os_purge(base + at, page);
    return OS_PURGE_UNDEFINED;
}

static enum os_purged purge(void *base, size_t bytes) {
    demand(whole_pages(base, bytes), "os_purge: not whole pages");
    atomic_fetch_add(&given_back, 1);
    return armed.purge == PURGE_KEEPS_SOME ? purge_some(base, bytes) : real_os_purge(base, bytes);
}

enum os_purged os_purge(void *base, size_t bytes) {
    if (refuse(OS_PURGE, false)) return OS_PURGE_FAILED;
    enum os_purged purged = purge(base, bytes);
    if (armed.purge == PURGE_DECOMMITS) protect(base, bytes, PROT_NONE);
    return purged;
}

enum os_purged os_reset(void *base, size_t bytes) {
    return refuse(OS_PURGE, false) ? OS_PURGE_FAILED : purge(base, bytes);
}

bool os_unpurge(void *base, size_t bytes) {
    demand(whole_pages(base, bytes), "os_unpurge: not whole pages");
    if (refuse(OS_UNPURGE, true) || !real_os_unpurge(base, bytes)) return false;
    if (armed.purge == PURGE_DECOMMITS) protect(base, bytes, PROT_READ | PROT_WRITE);
    return true;
}

bool os_protect(void *base, size_t bytes, bool accessible) {
    demand(whole_pages(base, bytes), "os_protect: not whole pages");
    return !refuse(OS_PROTECT, accessible) && real_os_protect(base, bytes, accessible);
}

bool os_resize(void *base, size_t old_bytes, size_t new_bytes) {
    demand(whole_pages(base, old_bytes | new_bytes), "os_resize: not whole pages");
    if (refuse(OS_RESIZE, false) || !real_os_resize(base, old_bytes, new_bytes)) return false;
    atomic_fetch_add(&ledger, new_bytes - old_bytes);
    return true;
}

bool os_move(void *from, size_t bytes, void *to) {
    demand(whole_pages(from, bytes) && whole_pages(to, bytes), "os_move: not whole pages");
    demand(to == last_map.base && bytes < last_map.bytes, "os_move: not to a larger mapping");
    if (refuse(OS_MOVE, false) || !real_os_move(from, bytes, to)) return false;
    atomic_fetch_sub(&ledger, bytes);
    return true;
}

bool os_on_thread_exit(void (*callback)(void *), void *argument) {
    return !refuse(OS_HOOK, false) && real_os_on_thread_exit(callback, argument);
}
