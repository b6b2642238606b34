/* region.c -- a pointer that moves. */
#include "region.h"

#include "bits.h"
#include "config.h"
#include "os.h"
#include "stats.h"

static uintptr_t region_base;
static uintptr_t region_next;
static uintptr_t region_end;

/* A system that is short of memory may still have half as much. */
static bool map_region(void) {
    for (size_t bytes = REGION_BYTES; bytes >= REGION_MIN_BYTES; bytes /= 2) {
        void *base = os_map(bytes, REGION_ALIGN_BYTES);
        if (base == NULL) continue;
        region_base = region_next = (uintptr_t)base;
        region_end = region_base + bytes;
        return true;
    }
    return false;
}

void *region_take(size_t bytes, size_t align, size_t lead) {
    if (region_base == 0 && !map_region()) return NULL;
    uintptr_t start = round_up(region_next + lead, align);
    if (start < region_next || start > region_end || bytes > region_end - start) return NULL;
    stats_mapped(start + bytes - region_next);
    region_next = start + bytes;
    return (void *)start;
}

bool region_resize_last(void *end, void *new_end) {
    uintptr_t next = (uintptr_t)new_end;
    if ((uintptr_t)end != region_next || next > region_end) return false;
    /* What is cut off would no longer read as zero, so the end does not move back. */
    if (next < region_next) return true;
    stats_mapped(next - region_next);
    region_next = next;
    return true;
}

bool region_has(const void *address) {
    return (uintptr_t)address >= region_base && (uintptr_t)address < region_next;
}
