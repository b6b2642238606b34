/* darwin_malloc.c -- libSystem's malloc, by the rules of libmalloc (malloc.c): a list of zones.
 *
 * malloc asks the first zone; free and malloc_size ask each in turn whether a block is its own. A zone
 * that is unregistered leaves its place to the last one. The system's zone knows its blocks, and counts.
 */
#include <malloc/malloc.h>
#include <pthread.h>
#include <stdbool.h>

#undef malloc
#undef calloc
#undef free
#include "kernel.h"

#define ZONES_MOST 16
#define BLOCKS_MOST 1024

static struct {
    void *block;
    size_t bytes;
} blocks[BLOCKS_MOST];
static pthread_mutex_t books = PTHREAD_MUTEX_INITIALIZER;
unsigned system_zone_made, system_zone_freed;

static unsigned place_of(const void *block) {
    unsigned i = 0;
    while (i < BLOCKS_MOST && blocks[i].block != block) i++;
    return i;
}

static size_t system_size(malloc_zone_t *zone, const void *block) {
    (void)zone;
    pthread_mutex_lock(&books);
    unsigned i = block == NULL ? BLOCKS_MOST : place_of(block);
    size_t bytes = i < BLOCKS_MOST ? blocks[i].bytes : 0;
    pthread_mutex_unlock(&books);
    return bytes;
}

static void *make(malloc_zone_t *zone, size_t size) {
    (void)zone;
    size_t bytes = (size + 15) / 16 * 16;
    void *block = calloc(1, bytes + 16);
    pthread_mutex_lock(&books);
    unsigned i = place_of(NULL);
    if (i == BLOCKS_MOST) kernel_wrong("1024 blocks of the system's");
    blocks[i].block = block;
    blocks[i].bytes = bytes != 0 ? bytes : 16;
    system_zone_made++;
    pthread_mutex_unlock(&books);
    return block;
}

static void unmake(malloc_zone_t *zone, void *block) {
    (void)zone;
    pthread_mutex_lock(&books);
    unsigned i = block == NULL ? BLOCKS_MOST : place_of(block);
    if (i == BLOCKS_MOST) kernel_wrong("the system's zone frees a block that is not its own");
    blocks[i].block = NULL;
    system_zone_freed++;
    pthread_mutex_unlock(&books);
    free(block);
}

#define malloc system_malloc
#define free system_free
static malloc_zone_t system_zone = {
    .size = system_size, .malloc = make, .free = unmake, .zone_name = "system", .version = 10};
static malloc_zone_t purgeable_zone = {
    .size = system_size, .malloc = make, .free = unmake, .zone_name = "purgeable", .version = 10};
static malloc_zone_t *zones[ZONES_MOST] = {&system_zone};
static unsigned zone_count = 1;

void malloc_zone_register(malloc_zone_t *zone) {
    for (unsigned i = 0; i < zone_count; i++)
        if (zones[i] == zone) kernel_wrong("registering a zone twice");
    if (zone_count == ZONES_MOST || zone->size == NULL || zone->zone_name == NULL)
        kernel_wrong("registering this zone");
    zones[zone_count++] = zone;
}

void malloc_zone_unregister(malloc_zone_t *zone) {
    unsigned i = 0;
    while (i < zone_count && zones[i] != zone) i++;
    if (i == zone_count) kernel_wrong("unregistering a zone that is not registered");
    zones[i] = zones[--zone_count];
}

kern_return_t malloc_get_all_zones(task_t task, memory_reader_t reader, vm_address_t **all,
                                   unsigned *count) {
    if (task != mach_task_self() || reader != NULL) kernel_wrong("the zones of another process");
    *all = (vm_address_t *)zones;
    *count = zone_count;
    return KERN_SUCCESS;
}

/* It only stands for the first. */
static void *default_malloc(malloc_zone_t *zone, size_t size) {
    (void)zone;
    return zones[0]->malloc(zones[0], size);
}

malloc_zone_t *malloc_default_zone(void) {
    static malloc_zone_t stand_in = {.malloc = default_malloc, .zone_name = "stand-in"};
    return &stand_in;
}

malloc_zone_t *malloc_default_purgeable_zone(void) {
    static bool made;
    if (made) return &purgeable_zone;
    if (zones[0] != &system_zone)
        kernel_wrong("a purgeable zone over a zone that is not the system's");
    made = true;
    malloc_zone_register(&purgeable_zone);
    return &purgeable_zone;
}

malloc_zone_t *malloc_zone_from_ptr(const void *block) {
    for (unsigned i = 0; i < zone_count; i++)
        if (zones[i]->size(zones[i], block) != 0) return zones[i];
    return NULL;
}

void *system_malloc(size_t size) { return zones[0]->malloc(zones[0], size); }

void system_free(void *block) {
    if (block == NULL) return;
    malloc_zone_t *zone = malloc_zone_from_ptr(block);
    if (zone == NULL) kernel_wrong("pointer being freed was not allocated");
    if (zone->free_definite_size != NULL)
        zone->free_definite_size(zone, block, zone->size(zone, block));
    else zone->free(zone, block);
}

size_t malloc_size(const void *block) {
    malloc_zone_t *zone = malloc_zone_from_ptr(block);
    return zone == NULL ? 0 : zone->size(zone, block);
}

/* Nobody comes to these: dyld has put others in their places. */
#define NOT_CALLED(name) kernel_wrong(name " of libSystem is called")
void *system_calloc(size_t count, size_t size) { (void)count, (void)size, NOT_CALLED("calloc"); }
void *system_realloc(void *block, size_t size) { (void)block, (void)size, NOT_CALLED("realloc"); }
void *system_reallocf(void *block, size_t size) { (void)block, (void)size, NOT_CALLED("reallocf"); }
void *system_valloc(size_t size) { (void)size, NOT_CALLED("valloc"); }
size_t malloc_good_size(size_t size) { (void)size, NOT_CALLED("malloc_good_size"); }
void *system_aligned_alloc(size_t align, size_t size) {
    (void)align, (void)size, NOT_CALLED("aligned_alloc");
}
int system_posix_memalign(void **out, size_t align, size_t size) {
    (void)out, (void)align, (void)size, NOT_CALLED("posix_memalign");
}
