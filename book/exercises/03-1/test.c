/* test.c -- exercise 3.1: from an address to its slot's header.
 *
 * Expect: your prediction
 */
#include <stdint.h>
#include <stdio.h>

#include "superpage.h"

#define PREDICTED_SLOT 0
#define PREDICTED_HEADER 0x0

int main(void) {
    uintptr_t address = (uintptr_t)0x7f0000a7e010;
    if (slot_of(address) != PREDICTED_SLOT) {
        printf("your prediction of the slot is %d; it is another one\n", PREDICTED_SLOT);
        return 1;
    }
    if ((uintptr_t)slab_of(address) != (uintptr_t)PREDICTED_HEADER) {
        printf("your prediction of the header is %#zx; it is elsewhere\n", (size_t)PREDICTED_HEADER);
        return 1;
    }
    return 0;
}
