/* region.c -- a pointer that moves. */
#include "region.h"

#include "config.h"
#include "os.h"

struct region region;

/* A system that is short of memory may still have half as much. */
bool region_map(void) {
    for (size_t bytes = REGION_BYTES; bytes >= REGION_MIN_BYTES; bytes /= 2) {
        void *base = os_map(bytes, REGION_ALIGN_BYTES);
        if (base == NULL) continue;
        region.base = region.next = (uintptr_t)base;
        region.end = region.base + bytes;
        return true;
    }
    return false;
}

bool region_grow_last(void *end, void *new_end) {
    if ((uintptr_t)end != region.next || (uintptr_t)new_end > region.end) return false;
    region.next = (uintptr_t)new_end;
    return true;
}
