/* test.c -- exercise 7.2: an alignment that is no power of two.
 *
 * Expect: no end after
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bitslab.h"

static void *memalign_power(size_t align, size_t size) {
    size_t power = sizeof(void *);
    while (power < align) power <<= 1;
    return bitslab_aligned_alloc(power, size);
}

static void too_long(int number) {
    static const char text[] = "no end after a second\n";
    (void)number;
    _exit(write(1, text, sizeof text - 1) < 0 ? 2 : 1);
}

int main(void) {
    signal(SIGALRM, too_long);
    alarm(1);
    if ((uintptr_t)memalign_power(24, 10) % 32 != 0) return 1;
    errno = 0;
    void *huge = memalign_power(SIZE_MAX / 2 + 2, 10);
    return huge != NULL || errno == 0;
}
