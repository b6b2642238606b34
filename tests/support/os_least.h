/* os_least.h -- what an OS layer answers to all that it cannot do, or need not.
 *
 * For the layers without an OS below them: the freestanding test's, the schedule explorer's and that of
 * the book's live figures. Each includes it once, after os.h; STAGE says what its contract has.
 */
#ifndef TESTS_SUPPORT_OS_LEAST_H
#define TESTS_SUPPORT_OS_LEAST_H

#if STAGE >= 3
uint64_t os_random(void) { return 0x9e3779b97f4a7c15u; } /* the same each time */

bool os_protect(void *base, size_t bytes, bool accessible) {
    (void)base, (void)bytes, (void)accessible;
    return true;
}

bool os_unpurge(void *base, size_t bytes) {
    (void)base, (void)bytes;
    return true;
}

bool os_resize(void *base, size_t old_bytes, size_t new_bytes) {
    (void)base, (void)old_bytes, (void)new_bytes;
    return false;
}

bool os_move(void *from, size_t bytes, void *to) {
    (void)from, (void)bytes, (void)to;
    return false;
}
#endif

#if STAGE >= 6
enum os_purged os_reset(void *base, size_t bytes) { return os_purge(base, bytes); }

void os_hint_huge(void *base, size_t bytes, bool wanted) { (void)base, (void)bytes, (void)wanted; }
#endif

#endif
