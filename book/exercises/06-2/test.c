/* test.c -- exercise 6.2: a stack without a tag, and all schedules of it.
 *
 * Expect: was popped twice
 */
#include <stdio.h>

#define DONE (-1)
#define LONGEST 40

static int head, next[5] = {0, 2, 3, 4, 0}; /* node 1 on 2 on 3 on 4; 0: none */
static int seen[2], link_seen[2], popped[5];

/* One step, in one piece. Thread 0 pops one node. */
static int one_step(int at) {
    switch (at) {
    case 0: seen[0] = head; return seen[0] ? 1 : DONE;
    case 1: link_seen[0] = next[seen[0]]; return 2;
    default:
        if (head != seen[0]) return 0;
        head = link_seen[0];
        popped[seen[0]]++;
        return DONE;
    }
}

/* Thread 1 pops two nodes, and pushes the first of them back. */
static int other_step(int at) {
    if (at == 0 || at == 1) { /* nobody else pushes, so its pops may be one step each */
        int node = head;
        if (node == 0) return DONE;
        head = next[node];
        popped[node]++;
        if (at == 0) seen[1] = node;
        return at + 1;
    }
    next[seen[1]] = head;
    head = seen[1];
    popped[seen[1]]--;
    return DONE;
}

/* The explorer. Nothing below needs to be changed. */
static int schedule[LONGEST], losers;

static void finished(int length) {
    for (int node = head; node != 0; node = next[node]) popped[node]++; /* all that is left */
    for (int node = 1; node < 5; node++) {
        if (popped[node] == 1) continue;
        if (losers++ == 0) {
            printf("node %d was popped %s. Turns:", node, popped[node] ? "twice" : "never");
            for (int i = 0; i < length; i++) printf(" %d", schedule[i]);
            printf("; a node was popped twice\n");
        }
    }
}

struct state {
    int head, next[5], seen[2], link_seen[2], popped[5];
};

static void explore(int length, int at0, int at1) {
    struct state kept = {head, {0}, {seen[0], seen[1]}, {link_seen[0], link_seen[1]}, {0}};
    for (int i = 0; i < 5; i++) kept.next[i] = next[i], kept.popped[i] = popped[i];
    if (at0 == DONE && at1 == DONE) finished(length);
    for (int t = 0; t < 2 && length < LONGEST; t++) {
        if ((t == 0 ? at0 : at1) != DONE) {
            schedule[length] = t;
            if (t == 0) explore(length + 1, one_step(at0), at1);
            else explore(length + 1, at0, other_step(at1));
        }
        head = kept.head;
        for (int i = 0; i < 5; i++) next[i] = kept.next[i], popped[i] = kept.popped[i];
        for (int i = 0; i < 2; i++) seen[i] = kept.seen[i], link_seen[i] = kept.link_seen[i];
    }
}

int main(void) {
    head = 1;
    explore(0, 0, 0);
    return losers > 0;
}
