/* build.c -- what this library is: its version, and the switches it was compiled with. */
#include "bitslab.h"
#include "config.h"

/* The name of a switch that is on, 1; nothing of one that is off, 0. */
#define SWITCH(value, name) SWITCH_NAMED(value, name)
#define SWITCH_NAMED(value, name) SWITCH_##value(name)
#define SWITCH_0(name)
#define SWITCH_1(name) " " name

/* clang-format off */
static const char build[] = "bitslab " BITSLAB_VERSION
    SWITCH(BITSLAB_CHECKED, "checked")
    SWITCH(BITSLAB_COUNTED, "counted")
    SWITCH(BITSLAB_CANARY, "canary")
    SWITCH(BITSLAB_ZERO_ON_FREE, "zero_on_free")
    SWITCH(BITSLAB_QUARANTINE, "quarantine")
    SWITCH(BITSLAB_RANDOM_ORDER, "random_order")
    SWITCH(BITSLAB_GUARD_PAGES, "guard_pages")
    SWITCH(BITSLAB_GUARD_ZERO_SIZE, "guard_zero_size")
    SWITCH(BITSLAB_GUARD_UNUSED, "guard_unused");
/* clang-format on */

const char *bitslab_build(void) { return build; }
