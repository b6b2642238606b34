/* frames.c -- the victim's calls inside the library that have not returned yet.
 *
 * Problem   A call that walks over a whole heap takes a hundred thousand steps, most of them in the
 *           same loops, and what comes after the loops is worth to be seen.
 * Idea      Remember where each function will return to, which lies on top of the stack when it is
 *           entered. Out of steps, the victim runs until a function returns, and is stepped again
 *           from there. A place to which it came back a few times is in a loop: then it is a
 *           function farther out that must return.
 */
#include "frames.h"

#include "text.h"
#include "tracer.h"

#define DEPTH_MAX 64
#define PLACES_MAX 256
#define TIMES_MAX 2
#define NEAR_TIMES_MAX 10 /* the loops of searches for memory, not those over slabs */
#define NEAR_DEPTH 5

struct frame {
    uintptr_t stack; /* the stack pointer at its first instruction */
    uintptr_t back;  /* where it returns to                        */
};

struct place {
    uintptr_t address;
    unsigned times; /* chosen in this watched call */
};

static struct frame frames[DEPTH_MAX];
static unsigned depth;
static struct place places[PLACES_MAX];
static unsigned place_count;

void frames_clear(void) {
    depth = 0;
    place_count = 0;
}

/* Forget what has returned, or has jumped to another function instead of returning. */
static void pop(uintptr_t stack) {
    while (depth > 0 && frames[depth - 1].stack < stack) depth--;
}

void frames_enter(pid_t victim) {
    uintptr_t back;
    uintptr_t stack = tracer_stack(victim, &back);
    pop(stack + 1);
    if (depth < DEPTH_MAX) frames[depth++] = (struct frame){stack, back};
}

static bool chosen_too_often(uintptr_t address, unsigned times_max) {
    unsigned i = 0;
    while (i < place_count && places[i].address != address) i++;
    if (i == PLACES_MAX) return true;
    if (i == place_count) places[place_count++] = (struct place){address, 0};
    return ++places[i].times > times_max;
}

uintptr_t frames_leave(pid_t victim) {
    uintptr_t word;
    pop(tracer_stack(victim, &word));
    if (depth < 2) return 0;
    for (unsigned i = depth - 1; i > 1; i--) {
        unsigned times_max = i <= NEAR_DEPTH ? NEAR_TIMES_MAX : TIMES_MAX;
        if (!chosen_too_often(frames[i].back, times_max)) return frames[i].back;
    }
    return frames[1].back;
}
