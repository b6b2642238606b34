/* taken_over_darwin.c -- malloc taken over on a model of macOS: names, zone, blocks of before, threads.
 *
 * override_darwin*.c are compiled as they are, with libSystem's malloc by doubles/darwin_malloc.c and its
 * keys by doubles/darwin_threads.c. What dyld would put into the place of libSystem's names is read from
 * the table that the library has for it.
 */
#include <malloc/malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "bitslab.h"

#undef pthread_key_create /* Linux's own keys run destructors behind those of the model */
#undef pthread_setspecific
#define THREADS 300
#define LATE_ROUNDS 3

struct interposed {
    const void *ours, *theirs;
};
extern const struct interposed __start_interposed_names[], __stop_interposed_names[];
extern _Thread_local bool darwin_keys_destroyed;

#define MUST(condition) ((condition) ? (void)0 : not_so(#condition, __LINE__))
static _Noreturn void not_so(const char *what, int line) {
    fprintf(stderr, "taken_over_darwin.c:%d: not so: %s\n", line, what);
    abort();
}

/* What an image that calls a name gets. */
static const void *bound(const void *theirs) {
    for (const struct interposed *entry = __start_interposed_names; entry < __stop_interposed_names;
         entry++)
        if (entry->theirs == theirs) return entry->ours;
    return theirs;
}
#define CALL(name) ((__typeof__(&name))bound((const void *)name))

/* Before any library of ours was loaded. */
static char *early[4];
__attribute__((constructor(101))) static void before(void) {
    for (unsigned i = 0; i < 4; i++) {
        early[i] = malloc(100);
        memset(early[i], 'a' + (int)i, 100);
    }
}

static malloc_zone_t *zone_number(unsigned number, unsigned *count) {
    vm_address_t *zones;
    malloc_get_all_zones(mach_task_self(), NULL, &zones, count);
    return (malloc_zone_t *)zones[number];
}

static bool all(const char *block, char c, size_t bytes) {
    for (size_t i = 0; i < bytes; i++)
        if (block[i] != c) return false;
    return true;
}

static void order_of_zones(void) {
    unsigned count, system = 9, purgeable = 9;
    MUST(strcmp(zone_number(0, &count)->zone_name, "bitslab") == 0 && count == 3);
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(zone_number(i, &count)->zone_name, "system") == 0) system = i;
        if (strcmp(zone_number(i, &count)->zone_name, "purgeable") == 0) purgeable = i;
    }
    MUST(system < purgeable && purgeable < count);
}

static void blocks_of_before(void) {
    unsigned made = system_zone_made, freed = system_zone_freed;
    MUST(made == 4 && freed == 0);
    MUST(CALL(malloc_size)(early[0]) == 112);
    CALL(free)(early[0]);
    char *grown = CALL(realloc)(early[1], 5000), *shrunk = CALL(realloc)(early[2], 10);
    MUST(all(grown, 'b', 100) && all(shrunk, 'c', 10));
    MUST(bitslab_usable_size(grown) >= 5000 && bitslab_usable_size(shrunk) >= 10);
    MUST(CALL(reallocf)(early[3], PTRDIFF_MAX) == NULL);
    MUST(system_zone_freed == freed + 4 && system_zone_made == made);
    CALL(free)(grown), CALL(free)(shrunk), CALL(free)(NULL);
    MUST(system_zone_freed == freed + 4);
}

static void names(void) {
    void *out = NULL;
    char *block = CALL(malloc)(100), *zeros = CALL(calloc)(10, 10), *page = CALL(valloc)(1);
    MUST(CALL(malloc_size)(block) >= 100 && all(zeros, 0, 100));
    MUST(((uintptr_t)page & ((uintptr_t)sysconf(_SC_PAGESIZE) - 1)) == 0);
    block = CALL(realloc)(memset(block, 'x', 100), 300000);
    MUST(all(block, 'x', 100) && CALL(malloc_size)(block) >= 300000);
    MUST(CALL(posix_memalign)(&out, 4096, 1) == 0 && ((uintptr_t)out & 4095) == 0);
    void *aligned = CALL(aligned_alloc)((size_t)4 << 20, 1);
    MUST(((uintptr_t)aligned & (((uintptr_t)4 << 20) - 1)) == 0);
    MUST(CALL(malloc_size)(aligned) >= 1 && CALL(calloc)(SIZE_MAX, 2) == NULL);
    CALL(free)(aligned), CALL(free)(out), CALL(free)(page), CALL(free)(zeros), CALL(free)(block);
    MUST(CALL(malloc_size)(NULL) == 0);
}

/* Sizes tell whose a block is, so none has none. */
static void sizes(void) {
    for (size_t size = 0; size < (size_t)5 << 20; size = size * 5 / 4 + 1) {
        void *block = CALL(malloc)(size);
        MUST(CALL(malloc_size)(block) >= size && CALL(malloc_size)(block) != 0);
        bool huge = size > (size_t)31 << 16; /* a mapping that was used before may be larger */
        MUST(CALL(malloc_good_size)(size) <= CALL(malloc_size)(block));
        MUST(huge || CALL(malloc_good_size)(size) == CALL(malloc_size)(block));
        MUST(malloc_zone_from_ptr(block) == zone_number(0, &(unsigned){0}));
        free(block); /* of an image that is not interposed */
    }
    void *none = bitslab_malloc(0), *zeros = CALL(calloc)(0, 100);
    MUST(malloc_size(none) != 0 && malloc_size(zeros) != 0);
    free(none), free(zeros);
}

static void not_ours(void) {
    unsigned count;
    malloc_zone_t *zone = zone_number(0, &count);
    char *block = CALL(malloc)(1000), *wide = CALL(malloc)(700000), *huge = CALL(malloc)(5 << 20);
    char *foreign[] = {(char *)&count, (char *)(uintptr_t)4096, (char *)UINTPTR_MAX,
                       (char *)((uintptr_t)1 << 47), (char *)(uintptr_t)&sizes};
    for (unsigned i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        MUST(zone->size(zone, foreign[i]) == 0);
        MUST(!zone->claimed_address(zone, foreign[i]));
    }
    for (size_t i = 1; i < 64 << 10; i++) {
        MUST(i >= 1000 || zone->size(zone, block + i) == 0);
        MUST(zone->size(zone, wide + i) == 0 && zone->size(zone, huge + i) == 0);
    }
    MUST(zone->size(zone, wide + (128 << 10)) == 0 && zone->size(zone, huge + (1 << 20)) == 0);
    MUST(zone->claimed_address(zone, block) && zone->claimed_address(zone, huge));
    MUST(malloc_size(&count) == 0);
    CALL(free)(block), CALL(free)(wide), CALL(free)(huge);
}

static void zone_calls(void) {
    unsigned count, made = system_zone_made;
    malloc_zone_t *zone = zone_number(0, &count), *standing_in = malloc_default_zone();
    void *some[20], *block = standing_in->malloc(standing_in, 50);
    MUST(zone->size(zone, block) >= 50);
    block = zone->realloc(zone, block, 500);
    MUST(zone->size(zone, block) >= 500);
    zone->free_definite_size(zone, block, zone->size(zone, block));
    MUST(zone->batch_malloc(zone, 64, some, 20) == 20);
    zone->batch_free(zone, some, 20);
    MUST(zone->batch_malloc(zone, PTRDIFF_MAX, some, 20) == 0);
    char *zeros = zone->calloc(zone, 3, 7), *page = zone->valloc(zone, 7);
    void *aligned = zone->memalign(zone, 256, 7);
    MUST(all(zeros, 0, 21) && ((uintptr_t)page & 4095) == 0 && ((uintptr_t)aligned & 255) == 0);
    zone->free(zone, zeros), zone->free(zone, page), zone->free(zone, aligned);
    zone->pressure_relief(zone, 0);
    zone->destroy(zone);
    malloc_introspection_t *look = zone->introspect;
    malloc_statistics_t statistics;
    look->force_lock(zone), look->force_unlock(zone), look->reinit_lock(zone),
        look->log(zone, page);
    look->statistics(zone, &statistics);
    MUST(statistics.size_allocated > 0 && statistics.max_size_in_use >= statistics.size_in_use);
    MUST(look->check(zone) && !look->zone_locked(zone) && look->good_size(zone, 100) >= 100);
    MUST(look->enumerator(0, NULL, 0, 0, NULL, NULL) == KERN_SUCCESS);
    look->print(zone, false);
    MUST(system_zone_made == made && zone->version >= 10 && zone->introspect->reinit_lock != NULL);
}

/* What still runs in a thread when its keys, those of bitslab too, have been destroyed. */
static pthread_key_t late_key;
static atomic_uint late_calls;
static void allocate_late(void *round) {
    void *block = CALL(malloc)(100);
    MUST(CALL(malloc_size)(block) >= 100);
    CALL(free)(block);
    if ((uintptr_t)round < LATE_ROUNDS) pthread_setspecific(late_key, (char *)round + 1);
    else MUST(darwin_keys_destroyed);
    if (darwin_keys_destroyed) late_calls++;
}

static void *run(void *number) {
    void *blocks[100];
    pthread_setspecific(late_key, (void *)(uintptr_t)1);
    for (unsigned i = 0; i < 100; i++) blocks[i] = CALL(malloc)((uintptr_t)number % 7 * 100 + i);
    for (unsigned i = 0; i < 99; i++) CALL(free)(blocks[i]);
    return blocks[99];
}

static void threads(void) {
    struct bitslab_stats before, after;
    bitslab_stats(&before);
    pthread_key_create(&late_key, allocate_late);
    for (uintptr_t i = 0; i < THREADS / 4; i++) {
        pthread_t some[4];
        void *left;
        for (unsigned k = 0; k < 4; k++) MUST(pthread_create(&some[k], NULL, run, (void *)i) == 0);
        for (unsigned k = 0; k < 4; k++) pthread_join(some[k], &left), CALL(free)(left);
    }
    bitslab_stats(&after);
    MUST(after.threads_ended - before.threads_ended == THREADS);
    MUST(after.heaps <= 8);
    MUST(late_calls >= THREADS);
}

int main(void) {
    MUST(__stop_interposed_names - __start_interposed_names == 10);
    order_of_zones();
    blocks_of_before();
    names();
    sizes();
    not_ours();
    zone_calls();
    threads();
    printf("malloc taken over: 10 names, zone, blocks of before, %u threads\n", THREADS);
    return 0;
}
