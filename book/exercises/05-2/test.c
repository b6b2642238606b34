/* test.c -- exercise 5.2: bit and notice in miniature, and all schedules of it.
 *
 * Expect: a free is lost
 */
#include <stdio.h>

#define DONE (-1)
#define LONGEST 40
#define STOPS 0 /* so many threads may stop for ever */

static int word, notice, taken, seen[3], told[3]; /* two freers, 0 and 1; the owner, 2 */

/* One step of a freer, in one piece; returns the number of the next one. */
static int freer_step(int t, int at) {
    int bin = 1 << t;
    switch (at) {
    case 0: seen[t] = notice; return 1;          /* a look  */
    case 1: word |= bin; return 2;               /* the bit */
    default: notice |= !seen[t]; return DONE;    /* the notice, if it is not set already */
    }
}

/* The owner: take the notice; if there was one, take the word; twice. */
static int owner_step(int at) {
    if (at % 2 == 0) {
        seen[2] = notice;
        notice = 0;
        if (seen[2]) return at + 1;
        return at == 2 ? DONE : 2;
    }
    taken |= word;
    word = 0;
    return at == 3 ? DONE : 2;
}

/* The explorer. Nothing below needs to be changed. */
static int schedule[LONGEST], losers;

static void finished(int length, const int *at) {
    int lost = 0;
    for (int t = 0; t < 2; t++)
        if (told[t] && !(taken & 1 << t) && !notice && at[2] == DONE) lost |= 1 << t;
    if (lost == 0 || losers++ > 0) return;
    printf("a free is lost, that of freer %d: the bit is %s, and there is no notice. Turns:", lost == 2,
           word & lost ? "set" : "gone");
    for (int i = 0; i < length; i++) printf(" %c", "01o"[schedule[i]]);
    printf("\n");
}

static void explore(int length, int at0, int at1, int at2, int stopped) {
    int at[3] = {at0, at1, at2}, moved = 0;
    for (int t = 0; t < 3; t++) {
        if (at[t] == DONE || stopped & 1 << t) continue;
        moved = 1;
        int kept[9] = {word, notice, taken, seen[0], seen[1], seen[2], told[0], told[1], told[2]};
        schedule[length] = t;
        int next[3] = {at0, at1, at2};
        next[t] = t == 2 ? owner_step(at[t]) : freer_step(t, at[t]);
        if (t < 2 && next[t] == DONE) told[t] = 1;
        explore(length + 1, next[0], next[1], next[2], stopped);
        word = kept[0], notice = kept[1], taken = kept[2];
        for (int i = 0; i < 3; i++) seen[i] = kept[3 + i], told[i] = kept[6 + i];
        if (stopped == 0 && STOPS > 0 && t < 2) explore(length, at0, at1, at2, 1 << t);
    }
    if (!moved) finished(length, at);
}

int main(void) {
    explore(0, 0, 0, 0, 0);
    return losers > 0;
}
