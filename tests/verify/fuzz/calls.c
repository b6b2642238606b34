/* calls.c -- what a program may do: allocate, resize, free. */
#include "calls.h"

#include <errno.h>

#include "arena.h"
#include "bitslab.h"
#include "config.h"
#include "os_fuzz.h"
#include "threads.h"

struct attempt attempt(void) {
    errno = 0;
    return (struct attempt){fuzz_os.failures};
}

void check_refusal(struct attempt before, size_t bytes, const char *function) {
    say("      = NULL\n");
    if (fuzz_os.failures == before.failures && bytes <= REQUEST_MAX_BYTES)
        violated("%s: NULL for %zu bytes, and the OS refused nothing", function, bytes);
    if (errno != ENOMEM) violated("%s: NULL, but errno is %d", function, errno);
}

/* A block came back, or NULL. */
static struct block *got(struct attempt before, void *at, size_t size, size_t align,
                         const char *function) {
    if (at == NULL) {
        check_refusal(before, size, function);
        return NULL;
    }
    struct block *block = shadow_add(at, size, align);
    say("      = #%u, %#zx, %zu bytes usable\n", block->number, block->at, block->usable);
    return block;
}

static bool may_go_on(void) {
    run.muted = false;
    if (run.calls_left == 0 || shadow_count() == BLOCKS_MAX - 1) return false;
    run.calls_left--;
    return true;
}

/* Whether to make a call once more; the story tells the first two. */
static bool again(unsigned *done, unsigned times) {
    if (*done == times || !may_go_on()) return false;
    if (times > 4 && *done == 2) say("T%u  ... %u times\n", threads_current(), times);
    run.muted = times > 4 && *done >= 2;
    ++*done;
    return true;
}

static void malloc_once(size_t size) {
    say("T%u  malloc(%zu)\n", threads_current(), size);
    struct attempt before = attempt();
    struct block *block = got(before, bitslab_malloc(size), size, 0, "malloc");
    if (block != NULL) shadow_fill(block);
}

void call_malloc(const struct step *step) {
    size_t size = size_from(step->a, step->b);
    for (unsigned i = 0; again(&i, count_from(step->c, size));) malloc_once(size);
}

void call_from_hook(void) {
    if (may_go_on()) malloc_once(160);
}

static void calloc_once(size_t count, size_t size) {
    say("T%u  calloc(%zu, %zu)\n", threads_current(), count, size);
    struct attempt before = attempt();
    struct block *block = got(before, bitslab_calloc(count, size), count * size, 0, "calloc");
    if (block == NULL) return;
    if (!arena_is_zero(block->at, count * size))
        violated("calloc: block #%u of %zu bytes is not zero", block->number, count * size);
    shadow_fill(block);
}

void call_calloc(const struct step *step) {
    size_t count = 1 + step->c / 64;
    size_t size = (size_from(step->a, step->b) + count - 1) / count;
    for (unsigned i = 0; again(&i, count_from(step->c, count * size));) calloc_once(count, size);
}

static void aligned_once(size_t align, size_t size, bool posix) {
    void *at = NULL;
    const char *name = posix ? "posix_memalign" : "aligned_alloc";
    say("T%u  %s(%#zx, %zu)\n", threads_current(), name, align, size);
    struct attempt before = attempt();
    if (posix) {
        int result = bitslab_posix_memalign(&at, align, size);
        if (errno != 0) violated("posix_memalign: errno is %d", errno);
        if ((result == 0) != (at != NULL))
            violated("posix_memalign: result %d with block %p", result, at);
        errno = result;
    } else {
        at = bitslab_aligned_alloc(align, size);
    }
    struct block *block = got(before, at, size, align, name);
    if (block != NULL) shadow_fill(block);
}

void call_aligned(const struct step *step) {
    bool posix = step->c >= 128;
    size_t align = (size_t)1 << (posix ? 3 + step->a % 19 : step->a % 24);
    size_t size = size_from(step->b, step->a / 24);
    for (unsigned i = 0; again(&i, count_from(step->c, size | align));)
        aligned_once(align, size, posix);
}

void call_realloc(const struct step *step) {
    struct block *block = block_from(step->c, 256);
    size_t size = size_from(step->a, step->b);
    if (block == NULL || !may_go_on()) return;
    shadow_may_move(block);
    say("T%u  realloc(#%u, %zu)\n", threads_current(), block->number, size);
    struct attempt before = attempt();
    void *at = bitslab_realloc((void *)block->at, size);
    if (at == NULL) {
        check_refusal(before, size, "realloc");
        shadow_stays(block);
        return;
    }
    shadow_resized(block, at, size == 0 ? 1 : size); /* the smallest block that has a byte */
    say("      = #%u, %#zx, %zu bytes usable\n", block->number, block->at, block->usable);
}

/* errno must not change. */
static void check_errno(int before, const char *function) {
    if (errno != before) violated("%s: errno is %d, and was %d", function, errno, before);
}

void free_block(struct block *block) {
    void *at = (void *)block->at;
    say("T%u  free(#%u)\n", threads_current(), block->number);
    shadow_remove(block);
    errno = EDOM;
    bitslab_free(at);
    check_errno(EDOM, "free");
}

void call_free(const struct step *step) {
    unsigned stride = 1 + step->c / 16 % 4;
    for (unsigned i = 0; shadow_count() > 0 && again(&i, count_from(step->c, 1));) {
        const struct block *first = block_from(step->a << 8 | step->b, 1 << 16);
        unsigned index = (unsigned)(first - shadow_block(0)) + (i - 1) * stride;
        free_block(shadow_block(index % shadow_count()));
    }
}

void call_free_sized(const struct step *step) {
    struct block *block = block_from(step->a << 8 | step->b, 1 << 16);
    if (block == NULL || !may_go_on()) return;
    void *at = (void *)block->at;
    size_t size = block->size, align = block->align;
    if (align == 0) say("T%u  free_sized(#%u, %zu)\n", threads_current(), block->number, size);
    else
        say("T%u  free_aligned_sized(#%u, %#zx, %zu)\n", threads_current(), block->number, align,
            size);
    shadow_remove(block);
    errno = EDOM;
    if (align != 0) bitslab_free_aligned_sized(at, align, size);
    else bitslab_free_sized(at, size);
    check_errno(EDOM, "free_sized");
}
