/* mutate.c -- changing an input by whole steps.
 *
 * libFuzzer's own mutations shift and flip bytes; most make another program of all that follows.
 * These keep what an input has reached and vary what it does next: steps are put in, taken out,
 * repeated elsewhere, given to another thread.
 */
#include <string.h>

#include "run.h"

#define STEP sizeof(struct step)

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *two,
                                 size_t two_size, uint8_t *out, size_t max_size, unsigned seed);

struct dice {
    uint64_t state;
};

static size_t roll(struct dice *dice, size_t sides) {
    dice->state = dice->state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(dice->state >> 33) % sides;
}

/* Put bytes in, as many of them as there is room for. */
static size_t insert(uint8_t *data, size_t size, size_t max_size, size_t at, const uint8_t *bytes,
                     size_t length) {
    if (length > max_size - size) return size;
    memmove(data + at + length, data + at, size - at);
    memcpy(data + at, bytes, length);
    return size + length;
}

static size_t insert_random(struct dice *dice, uint8_t *data, size_t size, size_t max_size,
                            size_t at) {
    uint8_t step[STEP];
    for (size_t i = 0; i < STEP; i++) step[i] = (uint8_t)roll(dice, 256);
    return insert(data, size, max_size, at, step, STEP);
}

/* A few steps once more, somewhere else. */
static size_t repeat(struct dice *dice, uint8_t *data, size_t size, size_t max_size, size_t at) {
    uint8_t steps[8 * STEP];
    size_t count = size / STEP, length = 1 + roll(dice, 8);
    size_t from = roll(dice, count);
    if (length > count - from) length = count - from;
    memcpy(steps, data + from * STEP, length * STEP);
    return insert(data, size, max_size, at, steps, length * STEP);
}

static size_t erase(struct dice *dice, uint8_t *data, size_t size, size_t at) {
    size_t length = (1 + roll(dice, 4)) * STEP;
    if (at < STEP || at + length > size) return size;
    memmove(data + at, data + at + length, size - at - length);
    return size - length;
}

/* One mutation; at: a step of the input, the head included. */
static size_t mutate(struct dice *dice, uint8_t *data, size_t size, size_t max_size) {
    size_t at = roll(dice, size / STEP) * STEP;
    switch (roll(dice, 8)) {
    case 0:
    case 1: return insert_random(dice, data, size, max_size, at + STEP);
    case 2:
    case 3: return repeat(dice, data, size, max_size, at + STEP);
    case 4: return erase(dice, data, size, at);
    case 5: data[at] = (uint8_t)(data[at] % 64 + roll(dice, 4) * 64); return size; /* thread */
    case 6: data[at] = (uint8_t)(data[at] / 64 * 64 + roll(dice, 64)); return size;
    default: data[at + roll(dice, STEP)] = (uint8_t)roll(dice, 256); return size;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
    struct dice dice = {seed};
    if (max_size < STEP || roll(&dice, 8) == 0) return LLVMFuzzerMutate(data, size, max_size);
    for (; size < STEP; size++) data[size] = 0;
    for (size_t times = 1 + roll(&dice, 4); times > 0; times--)
        size = mutate(&dice, data, size, max_size);
    return size;
}

/* The first steps of one, the last of another. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *two,
                                 size_t two_size, uint8_t *out, size_t max_size, unsigned seed) {
    struct dice dice = {seed};
    size_t head = roll(&dice, one_size / STEP + 1) * STEP;
    size_t from = roll(&dice, two_size / STEP + 1) * STEP;
    if (head > max_size) head = max_size;
    memcpy(out, one, head);
    size_t tail = two_size - from < max_size - head ? two_size - from : max_size - head;
    memcpy(out + head, two + from, tail);
    return head + tail;
}
