/* conformance_threads.c -- os_on_thread_exit: who is called, how often, with what, and where. */
#include "conformance.h"

struct exits {
    size_t thread;       /* that armed the hook           */
    unsigned calls;      /* of the hook                   */
    unsigned again;      /* times the hook arms itself    */
    struct exits *later; /* what to arm instead of itself */
    struct exits *stays; /* what the thread finds when the hook has run */
};

static void arm(struct exits *exits);
static void stay(struct exits *exits);

static void on_exit(void *argument) {
    struct exits *exits = argument;
    MUST(exits->thread == world_thread_number(), exits->thread);
    exits->calls++;
    if (exits->stays != NULL) stay(exits->stays);
    if (exits->again == 0) return;
    exits->again--;
    arm(exits);
}

static void arm(struct exits *exits) {
    exits->thread = world_thread_number();
    bool armed = KEPT(os_on_thread_exit(on_exit, exits));
    MUST_KEEP_ERROR(os_on_thread_exit);
    MUST(armed, exits->calls);
}

#if BITSLAB_THREAD_KEY
static void stay(struct exits *exits) {
    exits->thread = world_thread_number();
    world_set_error(kept_error);
    os_thread_ended(on_exit, exits);
    MUST_KEEP_ERROR(os_thread_ended);
    MUST(os_thread_argument() == exits, exits->calls);
}

static void keep(void *argument) {
    struct exits *exits = argument;
    MUST(KEPT(os_thread_argument()) == NULL, 0);
    MUST_KEEP_ERROR(os_thread_argument);
    arm(exits);
    MUST(KEPT(os_thread_argument()) == exits, 0);
    MUST_KEEP_ERROR(os_thread_argument);
}

/* Threads come to where others were; none finds what is not its own. */
static void arguments(void) {
    static struct exits last = {.stays = &last};
    for (unsigned i = 0; i < 300; i++) {
        struct exits own = {.stays = &last};
        MUST(world_threads(keep, &own, 1), i);
        MUST(own.calls == 1, own.calls);
    }
}
#else
static void stay(struct exits *exits) { (void)exits; }
static void arguments(void) {}
#endif

static void arm_once(void *argument) { arm(argument); }

static void arm_two(void *argument) {
    struct exits *exits = argument;
    arm(exits);
    arm(exits->later);
}

static void do_nothing(void *argument) { (void)argument; }

void thread_exits(void) {
    static struct exits main_threads; /* outlives main */
    if (!world_threads(do_nothing, NULL, 1)) return;
    arguments();
    arm(&main_threads);
    for (unsigned i = 0; i < 300; i++) {
        struct exits own = {0};
        MUST(world_threads(arm_once, &own, 1), i);
        MUST(own.calls == 1, own.calls);
    }
    struct exits again = {.again = 2};
    MUST(world_threads(arm_once, &again, 1), 0);
    MUST(again.calls == 1 || again.calls == 3, again.calls); /* armed by itself: Windows forgets */
    struct exits second = {0}, first = {.later = &second};
    MUST(world_threads(arm_two, &first, 1), 0);
    MUST(first.calls == 0, first.calls); /* the last one counts */
    MUST(second.calls == 1, second.calls);
    MUST(world_threads(do_nothing, NULL, 1), 0);
    MUST(main_threads.calls == 0, main_threads.calls); /* others' ends are not ours */
}
