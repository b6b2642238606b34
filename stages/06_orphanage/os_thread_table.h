/* os_thread_table.h -- one pointer per thread, found by the thread's address: os_thread_argument.
 *
 * Problem   On OpenBSD neither a thread-local variable nor a key's value can be had without malloc, and
 *           at a thread's end both are gone before its last free.
 * Idea      pthread_self() differs between threads that live at the same time, and costs nothing. A hash
 *           table leads from it to an entry, which is the thread's alone.
 * Table     Levels, each four times as large as the one before. A thread looks at a few places of each
 *           level in turn and takes the first that is free. Nothing is ever removed: at an address where
 *           one thread was, the next one is to come, and takes the entry over. So what a thread looks for
 *           stands before the first free place, or nowhere.
 * Ended     After the exit hook the entry keeps the kernel's number of its thread. Another thread at the
 *           same address has another number, and finds nothing.
 * Fork      In the child only one thread is left, and new ones may come to the others' addresses: their
 *           entries are emptied, or they would take over heaps that were left in the middle of anything.
 * Progress  lookup: wait-free, 16 places a level. First use in a thread: lock-free, OS-bound.
 */
#ifndef OS_THREAD_TABLE_H
#define OS_THREAD_TABLE_H

#define TABLE_LEVELS 8
#define TABLE_SHIFT 8 /* of the first level's count of entries */
#define TABLE_PROBES 16

struct entry {
    _Atomic uintptr_t thread;   /* 0: free                                              */
    _Atomic(void *) argument;   /* of the exit hook                                     */
    _Atomic uintptr_t ended_as; /* number of the thread whose exit hook ran, 0: it lives */
};

static struct entry first_level[1 << TABLE_SHIFT];
static _Atomic(struct entry *) further_levels[TABLE_LEVELS - 1];
static _Atomic bool forks_watched;

static unsigned level_shift(unsigned level) { return TABLE_SHIFT + 2 * level; }

static struct entry *level_entries(unsigned level) {
    if (level == 0) return first_level;
    return atom_load(&further_levels[level - 1], acquire); /* [TT-1] sees the level's zeros */
}

/* Whoever loses the race to add a level gives its own back. */
static struct entry *add_level(unsigned level) {
    size_t page = os_page_bytes(), bytes = sizeof(struct entry) << level_shift(level);
    bytes = (bytes + page - 1) & ~(page - 1);
    struct entry *entries = (struct entry *)os_map(bytes, page), *other = NULL;
    if (entries == NULL) return NULL;
    if (atom_cas(&further_levels[level - 1], &other, entries, release, acquire)) /* [TT-1] */
        return entries;
    os_unmap(entries, bytes);
    return other;
}

/* Fibonacci hashing (Knuth vol. 3, sec. 6.4): addresses have their differences in the middle. */
static size_t hash(uintptr_t thread, unsigned shift) {
    return (size_t)(((uint64_t)thread * 0x9e3779b97f4a7c15u) >> (64 - shift));
}

/* The entry of a thread in one level, or the free place where it would be, or NULL: go on. */
static struct entry *probe(struct entry *entries, unsigned shift, uintptr_t thread, bool *found) {
    size_t at = hash(thread, shift), mask = ((size_t)1 << shift) - 1;
    for (unsigned i = 0; i < TABLE_PROBES; i++) {
        struct entry *entry = &entries[(at + i) & mask];
        uintptr_t whose = atom_load(&entry->thread, relaxed);
        *found = whose == thread;
        if (*found || whose == 0) return entry;
    }
    return NULL;
}

static struct entry *find_thread(uintptr_t thread) {
    for (unsigned level = 0; level < TABLE_LEVELS; level++) {
        struct entry *entries = level_entries(level);
        if (entries == NULL) return NULL;
        bool found;
        struct entry *entry = probe(entries, level_shift(level), thread, &found);
        if (entry != NULL) return found ? entry : NULL;
    }
    return NULL;
}

/* A place that another thread takes first is not free any more, so the next look goes on behind it. */
static struct entry *enter_thread(uintptr_t thread) {
    for (unsigned level = 0; level < TABLE_LEVELS; level++) {
        struct entry *entries = level_entries(level), *entry;
        if (entries == NULL && (entries = add_level(level)) == NULL) return NULL;
        bool found;
        while ((entry = probe(entries, level_shift(level), thread, &found)) != NULL) {
            uintptr_t nobody = 0;
            if (found || atom_cas(&entry->thread, &nobody, thread, relaxed, relaxed)) return entry;
        }
    }
    return NULL;
}

static uintptr_t this_thread_address(void) { return (uintptr_t)pthread_self(); }

static void empty_entry(struct entry *entry) {
    atom_store(&entry->argument, NULL, relaxed);
    atom_store(&entry->ended_as, 0, relaxed);
}

void *os_thread_argument(void) {
    struct entry *entry = find_thread(this_thread_address());
    if (entry == NULL) return NULL;
    uintptr_t ended = atom_load(&entry->ended_as, relaxed);
    if (ended != 0 && ended != (uintptr_t)OS_THREAD_NUMBER) empty_entry(entry);
    return atom_load(&entry->argument, relaxed);
}

static void forget_other_threads(void) {
    uintptr_t self = this_thread_address();
    for (unsigned level = 0; level < TABLE_LEVELS; level++) {
        struct entry *entries = level_entries(level);
        for (size_t i = 0; entries != NULL && i < (size_t)1 << level_shift(level); i++) {
            if (atom_load(&entries[i].thread, relaxed) != self) empty_entry(&entries[i]);
            else if (atom_load(&entries[i].ended_as, relaxed) != 0) /* fork gave it a new number */
                atom_store(&entries[i].ended_as, (uintptr_t)OS_THREAD_NUMBER, relaxed);
        }
    }
}

/* Each thread sees to it that this was done before its hook is armed; several may do it. */
static bool watch_forks(void) {
    if (atom_load(&forks_watched, relaxed)) return true;
    if (pthread_atfork(NULL, NULL, forget_other_threads) != 0) return false;
    atom_store(&forks_watched, true, relaxed);
    return true;
}

/* The argument comes first: all that follows may come back to malloc. */
bool os_on_thread_exit(void (*callback)(void *), void *argument) {
    int saved = errno;
    struct entry *entry = enter_thread(this_thread_address());
    if (entry == NULL) return false;
    empty_entry(entry);
    atom_store(&entry->argument, argument, relaxed);
    bool armed = watch_forks() && arm_exit_hook(callback, argument);
    if (!armed) empty_entry(entry);
    errno = saved;
    return armed;
}

void os_thread_ended(void (*callback)(void *), void *argument) {
    (void)callback;
    struct entry *entry = find_thread(this_thread_address());
    atom_store(&entry->argument, argument, relaxed);
    atom_store(&entry->ended_as, (uintptr_t)OS_THREAD_NUMBER, relaxed);
}

#endif
