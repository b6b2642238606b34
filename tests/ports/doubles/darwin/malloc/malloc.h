/* malloc/malloc.h -- macOS's, as far as bitslab uses it; libSystem's names beside Linux's. */
#ifndef TESTS_PORTS_DOUBLES_MALLOC_H
#define TESTS_PORTS_DOUBLES_MALLOC_H

#include <stdlib.h>
#include <string.h>

#include <mach/mach.h>

/* libSystem's malloc is darwin_malloc.c, and free of a file that is not interposed goes there. */
#define malloc system_malloc
#define calloc system_calloc
#define realloc system_realloc
#define reallocf system_reallocf
#define free system_free
#define valloc system_valloc
#define aligned_alloc system_aligned_alloc
#define posix_memalign system_posix_memalign

/* Linux's linker names the ends of a section only if it has a name of C's. */
#define section(name) section("interposed_names")

typedef struct _malloc_zone_t malloc_zone_t;
typedef kern_return_t (*memory_reader_t)(task_t, vm_address_t, size_t, void **);
typedef void (*vm_range_recorder_t)(task_t, void *, unsigned, void *, unsigned);

typedef struct malloc_statistics_t {
    unsigned blocks_in_use;
    size_t size_in_use, max_size_in_use, size_allocated;
} malloc_statistics_t;

typedef struct malloc_introspection_t {
    kern_return_t (*enumerator)(task_t, void *, unsigned, vm_address_t, memory_reader_t,
                                vm_range_recorder_t);
    size_t (*good_size)(malloc_zone_t *, size_t);
    boolean_t (*check)(malloc_zone_t *);
    void (*print)(malloc_zone_t *, boolean_t);
    void (*log)(malloc_zone_t *, void *);
    void (*force_lock)(malloc_zone_t *);
    void (*force_unlock)(malloc_zone_t *);
    void (*statistics)(malloc_zone_t *, malloc_statistics_t *);
    boolean_t (*zone_locked)(malloc_zone_t *);
    void (*reinit_lock)(malloc_zone_t *);
} malloc_introspection_t;

struct _malloc_zone_t {
    void *reserved1, *reserved2;
    size_t (*size)(malloc_zone_t *, const void *);
    void *(*malloc)(malloc_zone_t *, size_t);
    void *(*calloc)(malloc_zone_t *, size_t, size_t);
    void *(*valloc)(malloc_zone_t *, size_t);
    void (*free)(malloc_zone_t *, void *);
    void *(*realloc)(malloc_zone_t *, void *, size_t);
    void (*destroy)(malloc_zone_t *);
    const char *zone_name;
    unsigned (*batch_malloc)(malloc_zone_t *, size_t, void **, unsigned);
    void (*batch_free)(malloc_zone_t *, void **, unsigned);
    malloc_introspection_t *introspect;
    unsigned version;
    void *(*memalign)(malloc_zone_t *, size_t, size_t);
    void (*free_definite_size)(malloc_zone_t *, void *, size_t);
    size_t (*pressure_relief)(malloc_zone_t *, size_t);
    boolean_t (*claimed_address)(malloc_zone_t *, void *);
};

void *system_malloc(size_t size);
void *system_calloc(size_t count, size_t size);
void *system_realloc(void *block, size_t size);
void *system_reallocf(void *block, size_t size);
void system_free(void *block);
void *system_valloc(size_t size);
void *system_aligned_alloc(size_t align, size_t size);
int system_posix_memalign(void **out, size_t align, size_t size);
size_t malloc_size(const void *block);
size_t malloc_good_size(size_t size);
malloc_zone_t *malloc_default_zone(void);
malloc_zone_t *malloc_default_purgeable_zone(void);
malloc_zone_t *malloc_zone_from_ptr(const void *block);
kern_return_t malloc_get_all_zones(task_t task, memory_reader_t reader, vm_address_t **zones,
                                   unsigned *count);
void malloc_zone_register(malloc_zone_t *zone);
void malloc_zone_unregister(malloc_zone_t *zone);

/* For the test: what the system's own zone has handed out, and taken back. */
extern unsigned system_zone_made, system_zone_freed;

#endif
