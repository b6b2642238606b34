/* test.c -- exercise 3.3: the shortest run that is long enough.
 *
 * Expect: the run begins in slot
 */
#include <stdio.h>

#include "superpage.h"

static int expects(uint32_t free_slots, unsigned count, unsigned wanted) {
    struct superpage superpage = {.free_slots = free_slots};
    unsigned first = superpage_find_run(&superpage, count);
    if (first == wanted) return 0;
    printf("the run begins in slot %u, and not in %u\n", first, wanted);
    return 1;
}

int main(void) {
    uint32_t four_and_two = 0xfu << 2 | 3u << 10;
    return expects(four_and_two, 2, 10) || expects(four_and_two, 3, 2) ||
           expects(four_and_two, 1, 10) || expects(four_and_two, 4, 2) ||
           expects(four_and_two, 5, 0) || expects(3u << 4 | 3u << 20, 2, 4) ||
           expects(0xfffffffeu, 31, 1) || expects(0x80000000u, 1, 31) || expects(0, 1, 0);
}
