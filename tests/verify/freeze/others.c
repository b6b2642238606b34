/* others.c -- other threads' memory: freed, claimed, adopted, and what they freed of ours. */
#include "scenario.h"

/* Superpages of ended threads, with room, and without. */
static void adoption(void) {
    void *mine[60];
    donor_ends(40, 20 * KIB);
    for (unsigned i = 0; i < 60; i++) mine[i] = i % 5 ? block_new(60 * KIB) : watched_new(60 * KIB);
    for (unsigned i = 0; i < 40; i++)
        if (i % 4 == 0) watched_remote_drop(blocks[i]);
        else block_drop(blocks[i]);
    for (unsigned i = 0; i < 60; i++)
        if (i % 8 == 0) watched_drop(mine[i]);
        else block_drop(mine[i]);
}

/* Superpages that are full are nobody's; whoever frees the first bin gets them. */
static void claims(void) {
    donor_ends(190, 32 * KIB);
    for (unsigned i = 0; i < 190; i++)
        if (i % 20 == 0) watched_remote_drop(blocks[i]);
        else block_drop(blocks[i]);
    fill(130, 32 * KIB);
    for (unsigned i = 0; i < 130; i++) bag_put(&stock, blocks[i]);
    for (unsigned i = 0; i < 8; i++) round_run();
    for (unsigned i = 0; i < 12; i++) blocks[i] = watched_new(32 * KIB);
    watched_drop_range(0, 12);
}

/* Workers' blocks, of every size. */
static void remote_frees(void) {
    for (unsigned i = 0; i < 20; i++) round_run();
    for (unsigned i = 0; i < 40; i++) watched_remote_drop(bag_take(&gifts));
}

/* More words of remote maps than a thread holds back; again the same words; then all are told. New
 * blocks for the stock would tell them before. */
static void words_apart(void) {
    ready();
    no_stock = true;
    for (unsigned i = 0; i < 16; i++) block_drop(bag_take(&apart));
    for (unsigned i = 0; i < 8; i++) watched_remote_drop(bag_take(&apart));
    for (unsigned i = 0; i < 24; i++) block_drop(bag_take(&apart));
    for (unsigned i = 0; i < 8; i++) watched_remote_drop(bag_take(&apart));
    for (unsigned i = 0; i < 60; i++) blocks[i] = i % 10 ? block_new(250) : watched_new(250);
    no_stock = false;
    drop(0, 60);
}

/* What others freed comes back to its owner. */
static void collects(void) {
    for (unsigned i = 0; i < 20; i++) round_run();
    for (unsigned i = 0; i < 40; i++) blocks[i] = watched_new(i % 2 ? 48 : 700);
    drop(0, 40);
}

/* Owner of more than it needs. */
static void sheds(void) {
    fill(10, 1100 * KIB);
    for (unsigned i = 10; i < 12; i++) blocks[i] = watched_new(1100 * KIB);
    drop(0, 11);
    watched_drop_range(11, 12);
}

const struct scenario other_scenarios[] = {
    {"remote frees", remote_frees},
    {"words of a map", words_apart},
    {"adoption", adoption},
    {"claims", claims},
    {"collects", collects},
    {"sheds", sheds},
    {NULL, NULL},
};
