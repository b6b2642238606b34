/* build.c -- the library tells what it is. */
#include <criterion/criterion.h>
#include <stdbool.h>
#include <string.h>

#include "bitslab.h"

#ifndef BITSLAB_CHECKED
#define BITSLAB_CHECKED 0
#endif

Test(stage06_orphanage, the_build_begins_with_the_version) {
    static const char wanted[] = "bitslab " BITSLAB_VERSION;
    const char *build = bitslab_build();
    cr_assert(strncmp(build, wanted, sizeof wanted - 1) == 0, "it is '%s'", build);
    cr_assert(build[sizeof wanted - 1] == ' ' || build[sizeof wanted - 1] == '\0');
}

Test(stage06_orphanage, the_build_names_the_switches_that_are_on) {
    bool canary = strstr(bitslab_build(), " canary") != NULL;
    cr_assert(strstr(bitslab_build(), " guard_zero_size") != NULL, "it is '%s'", bitslab_build());
    cr_assert(canary == BITSLAB_CHECKED, "it is '%s'", bitslab_build());
}
