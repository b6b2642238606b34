/* test.c -- exercise 3.2: the slab of 160 KiB bins.
 *
 * Expect: your prediction
 */
#include <stdio.h>

#include "size_class.h"

#define PREDICTED_SLOTS 0
#define PREDICTED_BINS 0
#define PREDICTED_WASTE_BYTES 1

int main(void) {
    const struct size_class *size = &size_classes[class_of(160 << 10)];
    long waste = (long)(size->slots * SLAB_BYTES) - (long)size->bin_count * (long)size->bin_bytes;
    if (size->slots != PREDICTED_SLOTS || size->bin_count != PREDICTED_BINS ||
        waste != PREDICTED_WASTE_BYTES) {
        printf("your prediction, %d slots, %d bins, %d bytes left over, is not right\n",
               PREDICTED_SLOTS, PREDICTED_BINS, PREDICTED_WASTE_BYTES);
        return 1;
    }
    return 0;
}
