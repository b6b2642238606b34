/* override_darwin_zone.c -- bitslab as a malloc zone of macOS, and the default one.
 *
 * Problem   libSystem, frameworks and debuggers reach memory by zones: malloc itself asks the first of
 *           them, and free asks each in turn whether a block is its own.
 * Idea      A zone of ours is registered when the library is loaded, and every zone before it is taken out
 *           and registered again, behind it. The system's zones stay, for what they have handed out.
 * Mine      Whether a block is ours is asked for any address at all. The registry of superpages answers
 *           without reading the place; only then are headers looked at.
 * Locks     None: what libSystem does around fork and for debuggers has nothing to hold.
 */
#include <mach/mach.h>
#include <malloc/malloc.h>
#include <string.h>

#include "bitslab.h"
#include "block.h"
#include "huge.h"
#include "os.h"
#include "override_darwin.h"
#include "registry.h"

#define ZONE_VERSION 10 /* of malloc_zone_t: all that is filled in below */
#define MOVES_MOST 64   /* zones that may stand before ours             */

bool zone_owns(const void *address) {
    uintptr_t at = (uintptr_t)address;
    return slot_of(at) == 0 ? huge_at_superpage(at) != NULL : registry_has(at);
}

/* A bin or a run of slots begins there. What would end in a message for free is no block here. */
static bool begins_in(struct slab *slab, const void *block) {
    uint32_t offset = slab_offset(slab, block);
    if (slab->kind == SLAB_HUGE) return offset == 0;
    return slab->kind != SLAB_FREE && slab_begins_at(slab, offset);
}

/* Between guard pages, a huge block has no readable header but its own, the first. */
static bool inside_huge(uintptr_t address) {
    const struct slab *first = superpage_slab(superpage_of(address), 1);
    return first->kind == SLAB_HUGE && first->start != (uint32_t)address;
}

size_t zone_block_bytes(const void *block) {
    uintptr_t at = (uintptr_t)block;
    if (!zone_owns(block)) return 0;
    bool above = slot_of(at) == 0; /* a huge block whose header lies in the slot before it */
    if (!above && BITSLAB_GUARD_PAGES && inside_huge(at)) return 0;
    struct slab *slab = above ? huge_at_superpage(at) : slab_of(at);
    if (!above && !begins_in(slab, block)) return 0;
    size_t bytes = block_usable_at(above ? slab : slab_head(slab), block);
    return bytes != 0 ? bytes : 1; /* of bitslab_malloc(0), which is ours, too */
}

size_t zone_good_bytes(size_t size) {
    size_t taken = with_canary(size);
    if (BITSLAB_HARDENED || taken > REQUEST_MAX_BYTES) return size;
    if (taken <= BIN_MAX_BYTES) return size_classes[class_of(taken != 0 ? taken : 1)].bin_bytes;
    return round_up(taken, SLAB_BYTES);
}

static size_t zone_size(malloc_zone_t *zone, const void *block) {
    (void)zone;
    return zone_block_bytes(block);
}

static void *zone_malloc(malloc_zone_t *zone, size_t size) {
    (void)zone;
    return zone_malloc_block(size);
}

static void *zone_calloc(malloc_zone_t *zone, size_t count, size_t size) {
    (void)zone;
    return zone_calloc_block(count, size);
}

static void *zone_memalign(malloc_zone_t *zone, size_t align, size_t size) {
    (void)zone;
    return bitslab_aligned_alloc(align, size);
}

static void *zone_valloc(malloc_zone_t *zone, size_t size) {
    return zone_memalign(zone, os_page_bytes(), size);
}

static void zone_free(malloc_zone_t *zone, void *block) {
    (void)zone;
    zone_free_block(block);
}

static void zone_free_definite_size(malloc_zone_t *zone, void *block, size_t size) {
    (void)size; /* of the block, not of the request */
    zone_free(zone, block);
}

static void *zone_realloc(malloc_zone_t *zone, void *block, size_t size) {
    (void)zone;
    return zone_realloc_block(block, size);
}

static void zone_destroy(malloc_zone_t *zone) { (void)zone; } /* it serves until the end */

static unsigned zone_batch_malloc(malloc_zone_t *zone, size_t size, void **blocks, unsigned count) {
    unsigned made = 0;
    while (made < count && (blocks[made] = zone_malloc(zone, size)) != NULL) made++;
    return made;
}

static void zone_batch_free(malloc_zone_t *zone, void **blocks, unsigned count) {
    for (unsigned i = 0; i < count; i++) zone_free(zone, blocks[i]);
}

/* How many bytes went back is not known; 0 says that the next zone may be asked, too. */
static size_t zone_pressure_relief(malloc_zone_t *zone, size_t wanted) {
    (void)zone, (void)wanted;
    bitslab_trim();
    return 0;
}

static boolean_t zone_claimed_address(malloc_zone_t *zone, void *address) {
    (void)zone;
    return zone_owns(address);
}

/* For tools that look at another process: they find no block. */
static kern_return_t enumerate(task_t task, void *context, unsigned types, vm_address_t zone,
                               memory_reader_t reader, vm_range_recorder_t recorder) {
    (void)task, (void)context, (void)types, (void)zone, (void)reader, (void)recorder;
    return KERN_SUCCESS;
}

static size_t good_size(malloc_zone_t *zone, size_t size) {
    (void)zone;
    return zone_good_bytes(size);
}

/* What is wrong ends in a message. */
static boolean_t check(malloc_zone_t *zone) {
    (void)zone;
    bitslab_check();
    return 1;
}

static void write_out(void *argument, const char *text, size_t length) {
    (void)argument;
    os_write(text, length);
}

static void print(malloc_zone_t *zone, boolean_t verbose) {
    (void)zone, (void)verbose;
    bitslab_stats_print(BITSLAB_TEXT, write_out, NULL);
}

static void log_address(malloc_zone_t *zone, void *address) { (void)zone, (void)address; }

static void no_lock(malloc_zone_t *zone) { (void)zone; }

static boolean_t never_locked(malloc_zone_t *zone) {
    (void)zone;
    return 0;
}

/* Calls are not counted, so blocks are not either: what is mapped stands for what is in use. */
static void statistics(malloc_zone_t *zone, malloc_statistics_t *out) {
    struct bitslab_stats now;
    (void)zone;
    bitslab_stats(&now);
    memset(out, 0, sizeof *out);
    out->size_in_use = out->size_allocated = now.mapped_bytes;
    out->max_size_in_use = now.mapped_peak_bytes;
}

static malloc_introspection_t introspection = {
    .enumerator = enumerate,
    .good_size = good_size,
    .check = check,
    .print = print,
    .log = log_address,
    .force_lock = no_lock,
    .force_unlock = no_lock,
    .statistics = statistics,
    .zone_locked = never_locked,
    .reinit_lock = no_lock,
};

static malloc_zone_t our_zone = {
    .size = zone_size,
    .malloc = zone_malloc,
    .calloc = zone_calloc,
    .valloc = zone_valloc,
    .free = zone_free,
    .realloc = zone_realloc,
    .destroy = zone_destroy,
    .zone_name = "bitslab",
    .batch_malloc = zone_batch_malloc,
    .batch_free = zone_batch_free,
    .introspect = &introspection,
    .version = ZONE_VERSION,
    .memalign = zone_memalign,
    .free_definite_size = zone_free_definite_size,
    .pressure_relief = zone_pressure_relief,
    .claimed_address = zone_claimed_address,
};

/* malloc_default_zone() names a zone that only stands for the first. */
static malloc_zone_t *first_zone(void) {
    vm_address_t *zones = NULL;
    unsigned count = 0;
    kern_return_t result = malloc_get_all_zones(mach_task_self(), NULL, &zones, &count);
    return result == KERN_SUCCESS && count > 0 ? (malloc_zone_t *)zones[0] : NULL;
}

static void move_to_end(malloc_zone_t *zone) {
    malloc_zone_unregister(zone);
    malloc_zone_register(zone);
}

/* The purgeable zone is made when it is first asked for, and takes the default one for a zone of the
 * system's: so it is made before, and stays behind that. */
__attribute__((constructor)) static void take_over(void) {
    malloc_zone_t *purgeable = malloc_default_purgeable_zone(), *first;
    malloc_zone_register(&our_zone);
    for (unsigned i = 0; i < MOVES_MOST && (first = first_zone()) != &our_zone; i++) {
        if (first == NULL) return;
        move_to_end(first);
    }
    if (purgeable != NULL) move_to_end(purgeable);
}
