/* test.c -- exercise 6.3: an order in which a superpage gets lost.
 *
 * Expect: no superpage was lost
 */
#include <stdio.h>

#define DONE (-1)
enum owner { NOBODY, POPPER, FREER };

/* A freer has claimed a superpage that is on the stack, and will let go of it again. */
struct state {
    enum owner owner;
    int flag, on_stack, popper_at, freer_at;
};

/* One step of the thread that needs memory, in one piece: pop() and orphanage_adopt(). */
static int popper_step(struct state *state, int at) {
    switch (at) {
    case 0: state->on_stack = 0; return 1;
    case 1: state->flag = 0; return 2;
    default:
        if (state->owner == NOBODY) state->owner = POPPER;
        return DONE;
    }
}

/* The freer lets go, and offers the superpage unless the flag says that it is on the stack. */
static int freer_step(struct state *state, int at) {
    int was_set;
    switch (at) {
    case 0: state->owner = NOBODY; return 1;
    case 1:
        was_set = state->flag;
        state->flag = 1;
        return was_set ? DONE : 2;
    default: state->on_stack = 1; return DONE;
    }
}

/* The explorer. Nothing below needs to be changed. */
static int schedule[16], schedules, lost;

static void finished(const struct state *state, int length) {
    schedules++;
    if (state->owner != NOBODY || state->on_stack) return;
    if (lost++ > 0) return;
    printf("nobody owns it, and it is on no stack. Turns:");
    for (int i = 0; i < length; i++) printf(" %s", schedule[i] ? "freer" : "popper");
    printf("\n");
}

static void explore(struct state state, int length) {
    if (state.popper_at == DONE && state.freer_at == DONE) finished(&state, length);
    for (int thread = 0; thread < 2; thread++) {
        struct state next = state;
        int *at = thread == 0 ? &next.popper_at : &next.freer_at;
        if (*at == DONE) continue;
        schedule[length] = thread;
        *at = thread == 0 ? popper_step(&next, *at) : freer_step(&next, *at);
        explore(next, length + 1);
    }
}

int main(void) {
    explore((struct state){.owner = FREER, .flag = 1, .on_stack = 1}, 0);
    if (lost == 0) printf("no superpage was lost in %d schedules\n", schedules);
    return lost == 0;
}
