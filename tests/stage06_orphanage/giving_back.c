/* giving_back.c -- memory that goes back to the OS, sizes told to free, errno, fork. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bitslab.h"
#include "support/forking.h"
#include "support/idle.h"
#include "support/memory.h"
#include "support/pattern.h"
#include "support/threads.h"

#define MIB ((size_t)1 << 20)

static const size_t sizes[] = {1,         8,         16,      17,      48,      64,    100,
                               129,       1000,      1024,    4096,    32768,   32769, 100000,
                               256 << 10, 300 << 10, 1 << 20, 3 << 20, 20 << 20};
#define SIZE_COUNT (sizeof sizes / sizeof sizes[0])

/* Memory of 64 MiB, or what the tool has time for, in blocks of one size, all of it touched, then
 * freed. */
static void use_and_free(size_t size) {
    size_t bytes = FEWER(64) * MIB > 16 * size ? FEWER(64) * MIB : 64 * MIB;
    unsigned count = (unsigned)(bytes / size);
    /* Its own mapping, so that libc's malloc keeps none of it. */
    unsigned char **blocks = mmap(NULL, count * sizeof blocks[0], PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (unsigned i = 0; i < count; i++) {
        blocks[i] = bitslab_malloc(size);
        memset(blocks[i], 1, size);
    }
    for (unsigned i = 0; i < count; i++) bitslab_free(blocks[i]);
    munmap(blocks, count * sizeof blocks[0]);
}

Test(stage06_orphanage, trim_gives_memory_back) {
    static const size_t used[] = {16, 64, 1000, 20000, 100000, 300 << 10, 3 << 20};
    size_t before = resident_now();
    for (unsigned i = 0; i < sizeof used / sizeof used[0]; i++) {
        use_and_free(used[i]);
        cr_assert_eq(bitslab_trim(), 1, "there was something to give back");
        size_t after = resident_now();
        cr_assert_leq(after, before + 4 * MIB,
                      "%zu-byte blocks: %zu KiB resident before, %zu after (trim.c)", used[i],
                      before >> 10, after >> 10);
    }
}

Test(stage06_orphanage, trim_with_nothing_to_give_returns_0) {
    bitslab_trim();
    cr_assert_eq(bitslab_trim(), 0);
}

/* Linux does not take locked pages back. By system calls: sanitizers make mlock do nothing. */
Test(stage06_orphanage, trim_tries_again_what_the_os_refused) {
    unsigned char *block = bitslab_malloc(20000);
    unsigned char *page = (unsigned char *)(((uintptr_t)block + 8192) & ~(uintptr_t)4095);
    memset(block, 1, 20000);
    bitslab_free(block);
    if (syscall(SYS_mlock, page, 4096) != 0) return; /* not allowed here */
    cr_assert_eq(bitslab_trim(), 0, "the only page in use is locked");
    syscall(SYS_munlock, page, 4096);
    cr_assert_eq(bitslab_trim(), 1, "the page is not locked any more");
}

Test(stage06_orphanage, trim_keeps_live_blocks) {
    unsigned char *blocks[SIZE_COUNT];
    for (unsigned i = 0; i < SIZE_COUNT; i++) {
        blocks[i] = bitslab_malloc(sizes[i]);
        pattern_fill(blocks[i], sizes[i], i);
    }
    use_and_free(100);
    bitslab_trim();
    for (unsigned i = 0; i < SIZE_COUNT; i++) {
        cr_assert(pattern_ok(blocks[i], sizes[i], i), "%zu bytes", sizes[i]);
        bitslab_free(blocks[i]);
    }
}

Test(stage06_orphanage, calloc_after_trim_is_zero) {
    for (unsigned i = 0; i < SIZE_COUNT; i++) {
        use_and_free(sizes[i] < 16 ? 16 : sizes[i]);
        bitslab_trim();
        unsigned char *block = bitslab_calloc(1, sizes[i]);
        cr_assert(all_zero(block, sizes[i]), "calloc(1, %zu)", sizes[i]);
        bitslab_free(block);
    }
}

static void *use_and_end(void *item) {
    use_and_free(*(size_t *)item);
    return NULL;
}

Test(stage06_orphanage, memory_of_ended_threads_goes_back_on_trim) {
    size_t size = 64;
    in_thread(use_and_end, &size);
    bitslab_trim();
    size_t before = resident_now();
    for (unsigned i = 0; i < 5; i++) in_thread(use_and_end, &size);
    bitslab_trim();
    size_t after = resident_now();
    cr_assert_leq(after, before + 4 * MIB, "%zu KiB resident before, %zu after", before >> 10,
                  after >> 10);
}

/* Not at once: it may be used again, and a purge costs more than to keep it. */
Test(stage06_orphanage, what_was_freed_goes_back_without_trim_when_its_time_is_over) {
    static const size_t used[] = {16, 64, 1000, 20000, 100000, 300 << 10, 3 << 20};
    for (unsigned i = 0; i < sizeof used / sizeof used[0]; i++) {
        use_a_little();
        size_t before = resident_now();
        use_and_free(used[i]);
        idle_for_a_while();
        size_t after = resident_now();
        cr_assert_leq(after, before + 6 * MIB, "%zu-byte blocks: %zu MiB stay resident", used[i],
                      (after - before) / MIB);
    }
}

Test(stage06_orphanage, what_is_used_again_in_time_is_not_purged) {
    static const size_t used[] = {64, 20000, 300 << 10, 3 << 20};
    struct bitslab_stats first, last;
    cr_assert_null(bitslab_option_set("purge_delay_ms", "3600000"),
                   "an hour: all of it is in time");
    for (unsigned i = 0; i < sizeof used / sizeof used[0]; i++) use_and_free(used[i]);
    bitslab_stats(&first);
    size_t before = resident_now();
    for (unsigned round = 0; round < 3; round++) use_and_free(64);
    bitslab_stats(&last);
    cr_assert_eq(last.superpages_purged, first.superpages_purged,
                 "a purge of what was used a moment ago");
    cr_assert_leq(resident_now(), before + 8 * MIB + QUARANTINE_BYTES,
                  "idle memory is used before new memory");
}

/* With no delay, nothing that is free stays, neither superpages nor huge blocks. */
Test(stage06_orphanage, without_a_delay_memory_goes_back_at_once) {
    static const size_t used[] = {64, 20000, 3 << 20};
    use_and_free(64);
    bitslab_trim();
    size_t before = resident_now();
    cr_assert_null(bitslab_option_set("purge_delay_ms", "0"));
    for (unsigned i = 0; i < sizeof used / sizeof used[0]; i++) {
        use_and_free(used[i]);
        size_t after = resident_now();
        /* Bins in the thread's caches keep their superpages. */
        cr_assert_leq(after, before + 10 * MIB + QUARANTINE_BYTES, "%zu-byte blocks: %zu MiB stay",
                      used[i], (after - before) / MIB);
    }
}

/* The pool's superpages are idle memory, too. */
Test(stage06_orphanage, a_huge_block_takes_the_place_of_idle_superpages) {
    enum { COUNT = 3000 };
    static void *small[COUNT]; /* 86 MiB, under tools, too */
    cr_assert_null(bitslab_option_set("purge_delay_ms", "3600000"));
    for (unsigned i = 0; i < COUNT; i++) small[i] = memset(bitslab_malloc(30000), 1, 30000);
    for (unsigned i = 0; i < COUNT; i++) bitslab_free(small[i]);
    size_t before = resident_now();
    unsigned char *blocks[4];
    for (unsigned i = 0; i < 4; i++) blocks[i] = memset(bitslab_malloc(3 * MIB), 1, 3 * MIB);
    size_t after = resident_now();
    /* For each, one of 2 MiB; the first had been used in part only. */
    cr_assert_leq(after, before + 7 * MIB, "%zu KiB more for 12 MiB", (after - before) >> 10);
    for (unsigned i = 0; i < 4; i++) bitslab_free(blocks[i]);
    void *large = bitslab_malloc(80 * MIB); /* 32 superpages at most are purged at once */
    cr_assert_leq(resident_now() + 50 * MIB, after, "%zu KiB stay resident", resident_now() >> 10);
    bitslab_free(large);
}

/* One superpage in many has a block left; what is free beside it goes back, too. */
Test(stage06_orphanage, free_slots_beside_live_blocks_go_back) {
    enum { COUNT = 3000 };
    static unsigned char *blocks[COUNT];
    for (unsigned i = 0; i < COUNT; i++) blocks[i] = memset(bitslab_malloc(20000), 1, 20000);
    size_t full = resident_now();
    for (unsigned i = 0; i < COUNT; i++)
        if (i % 100 != 0) bitslab_free(blocks[i]);
    idle_for_a_while();
    size_t left = resident_now();
    cr_assert_leq(left + 45 * MIB, full, "%zu of %zu MiB", left / MIB, full / MIB);
    for (unsigned i = 0; i < COUNT; i += 100) bitslab_free(blocks[i]);
}

Test(stage06_orphanage, frees_with_the_right_size_are_accepted) {
    for (unsigned i = 0; i < SIZE_COUNT; i++) {
        bitslab_free_sized(bitslab_malloc(sizes[i]), sizes[i]);
        bitslab_free_sized(bitslab_calloc(1, sizes[i]), sizes[i]);
        bitslab_free_sized(bitslab_realloc(bitslab_malloc(500), sizes[i]), sizes[i]);
        bitslab_free_sized(bitslab_realloc(bitslab_malloc(sizes[i] + sizes[i] / 5), sizes[i]),
                           sizes[i]);
    }
    for (size_t size = 0; size < 70000; size += 1 + size / 500)
        bitslab_free_sized(bitslab_malloc(size), size);
    bitslab_free_sized(NULL, 17);
}

Test(stage06_orphanage, frees_with_the_right_size_and_alignment_are_accepted) {
    for (size_t align = 1; align <= 4 * MIB; align *= 2)
        for (unsigned i = 0; i < SIZE_COUNT; i++)
            bitslab_free_aligned_sized(bitslab_aligned_alloc(align, sizes[i]), align, sizes[i]);
    bitslab_free_aligned_sized(NULL, 64, 17);
}

Test(stage06_orphanage, a_free_with_alignment_and_size_0_is_accepted) {
    for (size_t align = 1; align <= 4 * MIB; align *= 2)
        bitslab_free_aligned_sized(bitslab_aligned_alloc(align, 0), align, 0);
}

/* A block may be better aligned than anybody asked for, and an alignment may be none. */
Test(stage06_orphanage, a_free_with_an_alignment_that_was_luck_is_accepted) {
    unsigned lucky = 0;
    for (unsigned i = 0; i < 100; i++) {
        void *block = bitslab_malloc(33);
        if ((uintptr_t)block % 32 != 0) continue;
        lucky++;
        bitslab_free_aligned_sized(block, i % 2 == 0 ? 32 : 24, 33);
    }
    cr_assert_gt(lucky, 0);
}

struct strange {
    void *block;
    size_t size;
};

static void *free_with_size(void *item) {
    struct strange *strange = item;
    bitslab_free_sized(strange->block, strange->size);
    return NULL;
}

Test(stage06_orphanage, another_thread_may_free_with_the_size) {
    for (unsigned i = 0; i < SIZE_COUNT; i++) {
        struct strange strange = {bitslab_malloc(sizes[i]), sizes[i]};
        in_thread(free_with_size, &strange);
    }
}

/* Every call that succeeds, and free above all, leaves errno alone. */
#define EXPECT_ERRNO_KEPT(call)                                                 \
    do {                                                                        \
        errno = 1234;                                                           \
        call;                                                                   \
        cr_assert_eq(errno, 1234, "%s changed errno (%zu bytes)", #call, size); \
    } while (0)

static void expect_errno_kept(size_t size) {
    void *block, *other = NULL;
    EXPECT_ERRNO_KEPT(block = bitslab_malloc(size));
    EXPECT_ERRNO_KEPT(bitslab_free(block));
    EXPECT_ERRNO_KEPT(block = bitslab_calloc(1, size));
    EXPECT_ERRNO_KEPT(block = bitslab_realloc(block, size * 3));
    EXPECT_ERRNO_KEPT(block = bitslab_realloc(block, size));
    EXPECT_ERRNO_KEPT((void)bitslab_usable_size(block));
    EXPECT_ERRNO_KEPT(bitslab_free_sized(block, size));
    EXPECT_ERRNO_KEPT(block = bitslab_aligned_alloc(4096, size));
    EXPECT_ERRNO_KEPT(bitslab_free_aligned_sized(block, 4096, size));
    EXPECT_ERRNO_KEPT((void)bitslab_posix_memalign(&other, 64, size));
    EXPECT_ERRNO_KEPT(bitslab_free(other));
    EXPECT_ERRNO_KEPT((void)bitslab_posix_memalign(&other, 3, size));
    EXPECT_ERRNO_KEPT((void)bitslab_posix_memalign(&other, 16, SIZE_MAX / 2 - size));
    EXPECT_ERRNO_KEPT(bitslab_free(NULL));
}

Test(stage06_orphanage, errno_is_preserved) {
    size_t size = 0;
    for (unsigned i = 0; i < SIZE_COUNT; i++) expect_errno_kept(sizes[i]);
    EXPECT_ERRNO_KEPT(bitslab_trim());
}

static void *errno_in_thread(void *item) {
    (void)item;
    for (unsigned i = 0; i < SIZE_COUNT; i++) expect_errno_kept(sizes[i]);
    return NULL;
}

Test(stage06_orphanage, errno_is_preserved_by_a_threads_first_calls) {
    in_thread(errno_in_thread, NULL);
}

/* A child of fork has one thread, and the heaps of all others as they were at that moment. */
#define BUSY 4

static atomic_bool stop;
static _Atomic(unsigned char *) shared[256];

static void *be_busy(void *item) {
    unsigned seed = (unsigned)(uintptr_t)item;
    thread_runs();
    while (!stop) {
        seed = seed * 1664525 + 1013904223;
        before_calls();
        unsigned char *mine = bitslab_malloc(16 + (seed >> 8) % 3000);
        mine[0] = 1;
        bitslab_free(atomic_exchange(&shared[(seed >> 20) % 256], mine));
        after_calls();
    }
    return NULL;
}

static void live_in_child(void) {
    static unsigned char *blocks[5000];
    for (unsigned i = 0; i < 256; i++) bitslab_free(atomic_exchange(&shared[i], NULL));
    for (unsigned i = 0; i < 5000; i++) {
        blocks[i] = bitslab_malloc(i);
        memset(blocks[i], (int)(i & 0xff), i);
    }
    for (unsigned i = 1; i < 5000; i++)
        if (blocks[i][i - 1] != (i & 0xff)) _exit(1);
    for (unsigned i = 0; i < 5000; i++) bitslab_free(blocks[i]);
    bitslab_free(bitslab_malloc(5 << 20));
    bitslab_trim();
}

#if !defined(UNDER_TSAN)
static void *child_thread(void *item) {
    (void)item;
    live_in_child();
    return NULL;
}
#endif

Test(stage06_orphanage, a_forked_child_allocates_and_frees_whatever_others_were_doing) {
    pthread_t threads[BUSY];
    for (uintptr_t i = 0; i < BUSY; i++) threads[i] = start_thread(be_busy, (void *)i);
    until_threads_run(BUSY);
    for (unsigned round = 0; round < FEWER(50); round++) {
        pid_t child = fork_among_threads();
        if (child == 0) {
            alarm(20);
            live_in_child();
#if !defined(UNDER_TSAN) /* it starts no threads in a child of a process with threads */
            in_thread(child_thread, NULL);
#endif
            _exit(0);
        }
        int status = 0;
        cr_assert_gt(child, 0);
        cr_assert_eq(waitpid(child, &status, 0), child);
        cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0,
                  "round %u: the child ended with %x", round, (unsigned)status);
    }
    stop = true;
    for (unsigned i = 0; i < BUSY; i++) pthread_join(threads[i], NULL);
}
