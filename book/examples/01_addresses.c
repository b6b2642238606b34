/* 01_addresses.c -- where three blocks lie, counted from the region's first byte. */
#include <stdio.h>

#include "bitslab.h"
#include "region.h"

static void show(const char *call, const void *block) {
    printf("%-12s 0x%02zx   next 0x%02zx\n", call, (size_t)((uintptr_t)block - region.base),
           (size_t)(region.next - region.base));
}

int main(void) {
    void *a = bitslab_malloc(24);
    show("malloc(24)", a);
    show("malloc(1)", bitslab_malloc(1));
    bitslab_free(a);
    show("free", a);
    show("malloc(100)", bitslab_malloc(100));
}
