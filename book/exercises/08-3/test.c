/* test.c -- exercise 8.3: a counter for two threads, and all schedules of it.
 *
 * Expect: one increment is lost
 */
#include <stdio.h>

#define DONE (-1)
#define LONGEST 20

static int counter, seen[2];

/* What thread t does at its step `at`, in one piece; returns the next step. */
static int step(int t, int at) {
    switch (at) {
    case 0: seen[t] = counter; return 1;
    default: counter = seen[t] + 1; return DONE;
    }
}

/* The explorer: at each point, let either thread go on. Nothing below needs to be changed. */
static int schedule[LONGEST], losers;

static void finished(int length) {
    if (counter == 2) return;
    if (losers++ > 0) return;
    printf("one increment is lost: the counter is %d. Threads took turns as in ", counter);
    for (int i = 0; i < length; i++) printf("%d ", schedule[i]);
    printf("\n");
}

static void explore(int length, int at0, int at1) {
    if (at0 == DONE && at1 == DONE) {
        finished(length);
        return;
    }
    if (length == LONGEST) {
        losers++;
        printf("after %d steps nobody is done\n", length);
        return;
    }
    for (int t = 0; t < 2; t++) {
        if ((t == 0 ? at0 : at1) == DONE) continue;
        int kept = counter, kept_seen[2] = {seen[0], seen[1]};
        schedule[length] = t;
        int next = step(t, t == 0 ? at0 : at1);
        explore(length + 1, t == 0 ? next : at0, t == 0 ? at1 : next);
        counter = kept;
        seen[0] = kept_seen[0];
        seen[1] = kept_seen[1];
    }
}

int main(void) {
    explore(0, 0, 0);
    return losers > 0;
}
