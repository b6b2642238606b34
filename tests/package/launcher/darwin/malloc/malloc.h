/* malloc.h -- of macOS's header of this name, what system_darwin.c uses; darwin.c stands in for it. */
#include <stddef.h>

typedef struct {
    void *(*malloc)(void *zone, size_t size);
} malloc_zone_t;

malloc_zone_t *malloc_zone_from_ptr(const void *block);
