/* misuse_checked.c -- which misuses are caught, by build: measured, one child process for each.
 *
 * Caught means: SIGABRT, and on standard error one line that begins with `bitslab: `, names the
 * function that was called and the pointer that it got. Anything else (a crash, a wrong message,
 * nothing at all) is not.
 *
 * Stages: 6
 * Seconds: 20
 * Flavours: default checked
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bitslab.h"

#ifndef BITSLAB_CHECKED
#define BITSLAB_CHECKED 0
#endif

/* What the child is about to pass to which function; the parent reads it after the child's end. */
struct call {
    const char *function;
    void *pointer;
};

static volatile struct call *last_call;

static void *note(const char *function, void *pointer) {
    last_call->function = function;
    last_call->pointer = pointer;
    return pointer;
}

static void free_it(void *block) { bitslab_free(note("free", block)); }

static void *free_in_thread(void *block) {
    free_it(block);
    return NULL;
}

static void *free_twice_in_thread(void *block) {
    bitslab_free(block);
    free_it(block);
    return NULL;
}

static void in_thread(void *(*work)(void *), void *item) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, item) != 0) _exit(3);
    pthread_join(thread, NULL);
}

/* A block among others of its kind, so that what is around it is alive. */
static unsigned char *block_of(size_t size) {
    unsigned char *block = NULL;
    for (unsigned i = 0; i < 5; i++) {
        unsigned char *other = bitslab_malloc(size);
        memset(other, 0x5a, size);
        if (i == 2) block = other;
    }
    return block;
}

/* Misuses of a block of a given size. */
static void double_free_at_once(size_t size) {
    void *block = block_of(size);
    bitslab_free(block);
    free_it(block);
}

static void double_free_after_another(size_t size) {
    void *block = block_of(size), *other = block_of(size);
    bitslab_free(block);
    bitslab_free(other);
    free_it(block);
}

static void double_free_after_many(size_t size) {
    void *block = block_of(size), *others[200];
    unsigned count = size > 1 << 20 ? 4 : 200;
    for (unsigned i = 0; i < count; i++) others[i] = bitslab_malloc(size);
    bitslab_free(block);
    for (unsigned i = 0; i < count; i++) bitslab_free(others[i]);
    free_it(block);
}

static void double_free_by_another_thread(size_t size) {
    void *block = block_of(size);
    bitslab_free(block);
    in_thread(free_in_thread, block);
    bitslab_trim(); /* the owner looks at what others freed, at the latest */
}

static void double_free_of_a_strangers_block(size_t size) {
    void *block = block_of(size);
    in_thread(free_twice_in_thread, block);
    bitslab_trim();
}

static void double_free_by_two_strangers(size_t size) {
    void *block = block_of(size);
    in_thread(free_in_thread, block);
    in_thread(free_in_thread, block);
    bitslab_trim();
}

static void interior_pointer(size_t size) { free_it(block_of(size) + (size > 16 ? 16 : 8)); }
static void pointer_to_the_middle(size_t size) { free_it(block_of(size) + size / 2); }
static void misaligned_pointer(size_t size) { free_it(block_of(size) + 1); }

static void *free_interior_in_thread(void *block) {
    free_it((char *)block + 8);
    return NULL;
}

static void interior_pointer_by_a_stranger(size_t size) {
    in_thread(free_interior_in_thread, block_of(size));
}

static void size_too_large(size_t size) {
    unsigned char *block = block_of(size);
    bitslab_free_sized(note("free_sized", block), bitslab_usable_size(block) + 1);
}

static void size_of_half(size_t size) {
    bitslab_free_sized(note("free_sized", block_of(size)), size / 2);
}

static void alignment_too_large(size_t size) {
    unsigned char *block = block_of(size);
    size_t align = 1;
    while (((uintptr_t)block & align) == 0) align *= 2;
    bitslab_free_aligned_sized(note("free_aligned_sized", block), 2 * align, size);
}

static void realloc_after_free(size_t size) {
    unsigned char *block = block_of(size);
    bitslab_free(block);
    bitslab_realloc(note("realloc", block), 2 * size);
}

static void realloc_in_place_after_free(size_t size) {
    unsigned char *block = block_of(size);
    bitslab_free(block);
    bitslab_realloc(note("realloc", block), size);
}

static void realloc_of_interior_pointer(size_t size) {
    bitslab_realloc(note("realloc", block_of(size) + 8), 2 * size);
}

static void usable_size_of_interior_pointer(size_t size) {
    (void)bitslab_usable_size(note("usable_size", block_of(size) + 8));
}

/* Pointers to what was never a block of ours; the size does not matter. */
static void *libc_mapping(size_t offset) {
    char *at = mmap(NULL, 8 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uintptr_t base = ((uintptr_t)at + (2 << 20)) & ~(uintptr_t)((2 << 20) - 1);
    return (void *)(base + offset);
}

static char in_data[64];

static void stack_pointer(size_t size) {
    _Alignas(16) char here[64];
    here[0] = (char)size;
    free_it(here);
}

static void static_pointer(size_t size) {
    (void)size;
    free_it(in_data);
}

static void libc_mmap(size_t size) { free_it(libc_mapping(size & 0x1ffff0)); }

static void libc_mmap_aligned_to_2_mib(size_t size) {
    (void)size;
    free_it(libc_mapping(0));
}

static void libc_mmap_behind_a_block(size_t size) {
    (void)bitslab_malloc(size);
    free_it(libc_mapping(0x120000));
}

static void small_number(size_t size) {
    (void)size;
    free_it((void *)(uintptr_t)0x10);
}

static void unmapped_address(size_t size) {
    (void)size;
    free_it((void *)(uintptr_t)0x123456789ab0);
}

static void realloc_of_static(size_t size) { bitslab_realloc(note("realloc", in_data), size); }

static void usable_size_of_stack(size_t size) {
    char here[64];
    here[0] = (char)size;
    (void)bitslab_usable_size(note("usable_size", here));
}

static void free_sized_of_static(size_t size) {
    bitslab_free_sized(note("free_sized", in_data), size);
}

/* Where it must be caught. Letters stand for the sizes below, in their order; upper case: by every
 * build, lower case: by the checked one. What no letter asks for is measured all the same. */
static const size_t sizes[] = {16, 64, 4096, 300 << 10, 4 << 20};
#define SIZE_COUNT (sizeof sizes / sizeof sizes[0])
#define EVERY "ABCDE"

struct misuse {
    const char *name;
    void (*commit)(size_t size);
    const char *must;
    bool once; /* one size is enough */
};

#define MISUSE(function, must) \
    { #function, function, must, false }
#define FOREIGN(function, must) \
    { #function, function, must, true }

static const struct misuse misuses[] = {
    MISUSE(double_free_at_once, EVERY),
    MISUSE(double_free_after_another, "abcDE"),
    MISUSE(double_free_after_many, "abcDE"),
    MISUSE(double_free_by_another_thread, "abcDE"),
    MISUSE(double_free_of_a_strangers_block, "abcdE"),
    MISUSE(double_free_by_two_strangers, "abcdE"),
    MISUSE(interior_pointer, EVERY),
    MISUSE(pointer_to_the_middle, EVERY),
    MISUSE(misaligned_pointer, EVERY),
    MISUSE(interior_pointer_by_a_stranger, EVERY),
    MISUSE(size_too_large, EVERY),
    MISUSE(size_of_half, "BCD"),
    MISUSE(alignment_too_large, EVERY),
    MISUSE(realloc_after_free, "DE"),
    MISUSE(realloc_in_place_after_free, "DE"),
    MISUSE(realloc_of_interior_pointer, EVERY),
    MISUSE(usable_size_of_interior_pointer, EVERY),
    FOREIGN(stack_pointer, "c"),
    FOREIGN(static_pointer, "c"),
    FOREIGN(libc_mmap, "c"),
    FOREIGN(libc_mmap_aligned_to_2_mib, "C"),
    FOREIGN(libc_mmap_behind_a_block, "c"),
    FOREIGN(small_number, "C"),
    FOREIGN(unmapped_address, "c"),
    FOREIGN(realloc_of_static, "C"),
    FOREIGN(usable_size_of_stack, "C"),
    FOREIGN(free_sized_of_static, "C"),
};

/* How a child ended, and what it wrote. */
struct outcome {
    int status;
    char text[1024];
};

static void run_child(const struct misuse *misuse, size_t size, int out) {
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    dup2(out, STDERR_FILENO);
    alarm(20);
    misuse->commit(size);
    _exit(0);
}

static struct outcome outcome_of(const struct misuse *misuse, size_t size) {
    struct outcome outcome = {.status = -1};
    size_t length = 0;
    ssize_t got;
    int ends[2];
    last_call->function = NULL;
    if (pipe(ends) != 0) return outcome;
    pid_t child = fork();
    if (child == 0) run_child(misuse, size, ends[1]);
    close(ends[1]);
    while ((got = read(ends[0], outcome.text + length, sizeof outcome.text - 1 - length)) > 0)
        length += (size_t)got;
    close(ends[0]);
    waitpid(child, &outcome.status, 0);
    /* An emulator has its own word to say about a program that aborts. */
    char *emulator = strstr(outcome.text, "qemu: uncaught target signal");
    if (emulator != NULL) *emulator = '\0';
    return outcome;
}

/* Whether the child wrote the one line that it must, for a call of this function. */
static bool told(const struct outcome *outcome, const char *function) {
    char start[100];
    const char *end = strchr(outcome->text, '\n');
    if (end == NULL || end[1] != '\0' || function == NULL) return false;
    snprintf(start, sizeof start, "bitslab: %s(%p): ", function, last_call->pointer);
    return strncmp(outcome->text, start, strlen(start)) == 0;
}

static bool must_catch(const struct misuse *misuse, unsigned size) {
    if (strchr(misuse->must, 'A' + (int)size) != NULL) return true;
    return BITSLAB_CHECKED && strchr(misuse->must, 'a' + (int)size) != NULL;
}

#define CAUGHT "caught"
#define WRONG_LINE "wrong line"

/* realloc frees the old block when it moves, so it may be told as a free of the same pointer. */
static const char *verdict(const struct outcome *outcome) {
    int signal = WIFSIGNALED(outcome->status) ? WTERMSIG(outcome->status) : 0;
    if (signal == 0) return "-";
    if (signal == SIGSEGV || signal == SIGBUS) return "crash";
    if (signal != SIGABRT) return "killed";
    if (told(outcome, (const char *)last_call->function)) return CAUGHT;
    return told(outcome, "free") ? "as free" : WRONG_LINE;
}

/* One row of the table. Returns how many cells are not as they must be. */
static unsigned try(const struct misuse *misuse) {
    unsigned wrong = 0;
    char remarks[4096] = "";
    printf("| %-34s |", misuse->name);
    for (unsigned i = 0; i < SIZE_COUNT; i++) {
        if (misuse->once && i != 2) {
            printf(" %-10s |", "");
            continue;
        }
        struct outcome outcome = outcome_of(misuse, sizes[i]);
        const char *seen = verdict(&outcome);
        bool caught = strcmp(seen, CAUGHT) == 0;
        bool bad = (must_catch(misuse, i) && !caught) || strcmp(seen, WRONG_LINE) == 0;
        printf(" %s%-*s |", seen, 10 - (int)strlen(seen), bad ? " !" : "");
        if (!bad) continue;
        wrong++;
        snprintf(remarks + strlen(remarks), sizeof remarks - strlen(remarks),
                 "  ! %s, %zu bytes, %s(%p): status %x, wrote '%s'\n", misuse->name, sizes[i],
                 last_call->function ? last_call->function : "?", last_call->pointer,
                 (unsigned)outcome.status, outcome.text);
    }
    printf("\n%s", remarks);
    return wrong;
}

int main(void) {
    unsigned wrong = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    last_call =
        mmap(NULL, sizeof *last_call, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    printf("%s build\n| %-34s |", BITSLAB_CHECKED ? "checked" : "default", "misuse");
    for (unsigned i = 0; i < SIZE_COUNT; i++) printf(" %8zu B |", sizes[i]);
    printf("\n");
    for (unsigned i = 0; i < sizeof misuses / sizeof misuses[0]; i++) wrong += try(&misuses[i]);
    if (wrong != 0) printf("%u cells are not as they must be\n", wrong);
    return wrong != 0;
}
