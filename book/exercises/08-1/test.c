/* test.c -- exercise 8.1: how many schedules are there?
 *
 * Expect: not what you predicted
 */
#include <stdio.h>

#define TWO_THREADS_OF_THREE 0 /* your answers */
#define THREE_THREADS_OF_TWO 0

/* Ways to finish, if so many steps are left to each thread. */
static long schedules(int a, int b, int c) {
    if (a + b + c == 0) return 1;
    return (a > 0 ? schedules(a - 1, b, c) : 0) + (b > 0 ? schedules(a, b - 1, c) : 0) +
           (c > 0 ? schedules(a, b, c - 1) : 0);
}

int main(void) {
    if (schedules(3, 3, 0) == TWO_THREADS_OF_THREE && schedules(2, 2, 2) == THREE_THREADS_OF_TWO)
        return 0;
    printf("one of the two is not what you predicted\n");
    return 1;
}
