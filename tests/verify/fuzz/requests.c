/* requests.c -- requests that no allocator can meet, and those about the whole heap. */
#include <errno.h>

#include "arena.h"
#include "bitslab.h"
#include "calls.h"
#include "os_fuzz.h"
#include "threads.h"

static void must_refuse(const void *at, const char *function, int error) {
    if (at != NULL) violated("%s: %p for a request that cannot be met", function, at);
    if (errno != error) violated("%s: NULL, but errno is %d", function, errno);
}

static void refused_realloc(size_t size) {
    struct block *block = block_from(0, 1);
    if (block == NULL) return;
    must_refuse(bitslab_realloc((void *)block->at, size), "realloc", ENOMEM);
    shadow_check(block);
}

static void refused_memalign(size_t align, size_t size, int error) {
    void *at = &at;
    int result = bitslab_posix_memalign(&at, align, size);
    if (result != error || at != &at || errno != 0)
        violated("posix_memalign(%#zx, %zu): result %d, errno %d", align, size, result, errno);
}

void call_refused(const struct step *step) {
    size_t far = SIZE_MAX - ((size_t)step->b << step->c % 20);
    say("T%u  a request of kind %u that cannot be met, %#zx\n", threads_current(), step->a % 8,
        far);
    errno = 0;
    switch (step->a % 8) {
    case 0: must_refuse(bitslab_malloc(far), "malloc", ENOMEM); break;
    case 1: must_refuse(bitslab_malloc(far / 2), "malloc", ENOMEM); break;
    case 2: must_refuse(bitslab_calloc(far / 2, 3), "calloc", ENOMEM); break;
    case 3: refused_realloc(far); break;
    case 4: must_refuse(bitslab_aligned_alloc(48, 100), "aligned_alloc", EINVAL); break;
    case 5:
        must_refuse(bitslab_aligned_alloc((size_t)1 << 62, far), "aligned_alloc", ENOMEM);
        break;
    case 6: refused_memalign(4, 100, EINVAL); break;
    case 7: refused_memalign(sizeof(void *) << step->c % 40, far, ENOMEM); break;
    }
}

void call_null(const struct step *step) {
    say("T%u  free(NULL) and the like\n", threads_current());
    errno = EDOM;
    bitslab_free(NULL);
    bitslab_free_sized(NULL, step->b);
    bitslab_free_aligned_sized(NULL, 16, step->b);
    if (bitslab_usable_size(NULL) != 0) violated("usable_size(NULL) is not 0");
    if (errno != EDOM) violated("free(NULL): errno is %d", errno);
    if (shadow_count() >= BLOCKS_MAX - 1) return;
    struct attempt before = attempt();
    void *at = bitslab_realloc(NULL, step->a);
    if (at == NULL) check_refusal(before, step->a, "realloc");
    else shadow_fill(shadow_add(at, step->a, 0));
}

void call_trim(const struct step *step) {
    (void)step;
    say("T%u  trim()\n", threads_current());
    size_t before = fuzz_os.given_back, failures = fuzz_os.failures;
    bool any = bitslab_trim();
    bool given = fuzz_os.given_back != before;
    /* What the OS refused at first, it may take on another way. */
    if (any != given && (any || fuzz_os.failures == failures))
        violated("trim returns %d, and the OS got back %zu ranges", any,
                 fuzz_os.given_back - before);
}

void call_check(const struct step *step) {
    (void)step;
    bitslab_check();
    shadow_check_all();
}

/* Every byte is where both sides believe it to be. */
void call_survey(const struct step *step) {
    (void)step;
    struct bitslab_survey survey;
    bitslab_survey(&survey);
    shadow_check_all();
    if (survey.block_bytes != shadow_taken_bytes())
        violated("the survey finds %zu bytes in live blocks, and there are %zu", survey.block_bytes,
                 shadow_taken_bytes());
    if (survey.bins_live + survey.wide_blocks + survey.huge_blocks < shadow_count())
        violated("the survey misses blocks, of which there are %u", shadow_count());
    if (survey.mapped_bytes != arena_mapped_bytes())
        violated("the survey finds %zu bytes from the OS, which gave %zu", survey.mapped_bytes,
                 arena_mapped_bytes());
}
