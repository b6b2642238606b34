/* observed.c -- is the heap seen as it is, on an OS where the scripts of tests/observe cannot run?
 *
 *   observed work           allocates, looks at the heap by calls, and ends; the options are to write
 *                           stats.json, heap.svg and heap.prof meanwhile, all in the current folder
 *   observed look FOLDER    judges these files, and asks for what cannot be had
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bitslab.h"
#include "observed.h"
#include "world.h"

#define RATE 4096 /* the option profile_rate */
#define BLOCKS 3000
#define THREADS 3
#define LIVE_BYTES ((size_t)4 * 1024 * 1024) /* less than what the blocks take */

_Noreturn void not_so(const char *what) {
    world_print("observed: not so: "), world_print(what), world_print("\n");
    world_exit(1);
}

static void *blocks[THREADS + 1][BLOCKS];

/* All blocks are allocated here, in one of the four ways. The call is not the last thing done: its
 * frame must be there. */
static __attribute__((noinline)) void *allocate(unsigned way, size_t size) {
    void *block = NULL;
    switch (way % 4) {
    case 0: block = bitslab_malloc(size); break;
    case 1: block = bitslab_calloc(1, size); break;
    case 2: block = bitslab_aligned_alloc(64, size); break;
    default: block = bitslab_realloc(bitslab_malloc(16), size); break;
    }
    MUST(block != NULL);
    memset(block, 1, size);
    return block;
}

static void hoard(void *row) {
    void **mine = (void **)row;
    for (unsigned i = 0; i < BLOCKS; i++) mine[i] = allocate(i, 100 + i % 20 * 100);
    for (unsigned i = 0; i < BLOCKS; i += 7) bitslab_free(mine[i]), mine[i] = NULL;
}

static void hoard_in_thread(void *next) {
    hoard(blocks[__atomic_fetch_add((unsigned *)next, 1, __ATOMIC_RELAXED)]);
}

static char report[8 << 20];

static void append(void *argument, const char *text, size_t length) {
    size_t *at = (size_t *)argument;
    MUST(*at + length < sizeof report);
    memcpy(report + *at, text, length);
    report[ *at += length] = '\0';
}

struct walked {
    size_t blocks, bytes;
};

static int add_live(void *argument, const struct bitslab_block *block) {
    struct walked *sum = (struct walked *)argument;
    if (block->state == BITSLAB_LIVE) sum->blocks++, sum->bytes += block->bytes;
    return 0;
}

static void look_by_calls(void) {
    struct bitslab_survey survey;
    struct walked walked = {0, 0};
    size_t kept = 0, length = 0;
    for (unsigned i = 0; i <= THREADS; i++)
        for (unsigned j = 0; j < BLOCKS; j++) kept += blocks[i][j] != NULL;
    bitslab_survey(&survey);
    MUST(bitslab_walk_all(add_live, &walked) == 0);
    MUST(walked.bytes == survey.block_bytes && walked.blocks == kept);
    bitslab_stats_print(BITSLAB_JSON, append, &length);
    MUST(judge_statistics(report, LIVE_BYTES) == survey.mapped_bytes);
    bitslab_heap_picture(append, (length = 0, &length));
    judge_picture(report);
    bitslab_heap_profile(append, (length = 0, &length));
    judge_profile(report, RATE, (const void *)(uintptr_t)allocate);
}

static void cannot_be_had(const char *option, const char *value, const char *why) {
    const char *wrong = bitslab_option_set(option, value);
    if (wrong == NULL || strcmp(wrong, why) != 0) not_so(why);
}

static const char *read_file(const char *folder, const char *name) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) not_so(path);
    report[fread(report, 1, sizeof report - 1, file)] = '\0';
    fclose(file);
    return report;
}

static void look_at_files(const char *folder) {
    judge_statistics(read_file(folder, "stats.json"), LIVE_BYTES);
    judge_picture(read_file(folder, "heap.svg"));
    judge_profile(read_file(folder, "heap.prof"), RATE, NULL);
    cannot_be_had("picture", "no-such-folder/heap.svg", "there is no such folder");
    cannot_be_had("stats_file", ".", "it is a folder");
    cannot_be_had("stats", "sometimes", "not one of its values");
    world_print("statistics\n");
}

static void work(void) {
    unsigned next = 1;
    hoard(blocks[0]);
    MUST(world_threads(hoard_in_thread, &next, THREADS));
    look_by_calls();
    world_print("looked at by calls\n");
}

int main(int count, char **words) {
    if (count == 2 && strcmp(words[1], "work") == 0) return work(), 0;
    if (count == 3 && strcmp(words[1], "look") == 0) return look_at_files(words[2]), 0;
    return 2;
}
