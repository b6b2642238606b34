/* magazine.c -- windows on magazines, and how large these may be. */
#include "magazine.h"

#include "block.h"
#include "memory_tools.h"
#include "os.h"

/* At first. A checked build keeps the maps exact: every free bin has its bit set at once. */
static size_t magazine_bins(unsigned class) {
    if (BITSLAB_CHECKED || BITSLAB_HARDENED) return 0;
    size_t bins = MAGAZINE_BYTES / size_classes[class].bin_bytes;
    return bins < 1 ? 1 : bins < MAGAZINE_COUNT ? bins : MAGAZINE_COUNT;
}

static size_t most_bins(unsigned class) {
    if (magazine_bins(class) == 0) return 0;
    size_t bins = GROWN_MAGAZINE_BYTES / size_classes[class].bin_bytes;
    if (bins < GROWN_MAGAZINE_LEAST) return GROWN_MAGAZINE_LEAST;
    return bins < GROWN_MAGAZINE_COUNT ? bins : GROWN_MAGAZINE_COUNT;
}

/* Where a class's places are, from the heap on. Those of first size lie side by side, so that they
 * share pages. */
static size_t place_of(unsigned class) {
    size_t place = offsetof(struct heap, magazines);
    for (unsigned c = 0; c < class; c++) place += (1 + magazine_bins(c)) * sizeof(void *);
    return place;
}

/* The places of large ones lie before the heap, from the start of its mapping on. Their first page
 * stays closed for ever: behind whatever ends there. */
static size_t first_grown_place(void) { return os_page_bytes(); }

size_t magazines_end(void) { return place_of(CLASS_COUNT); }

size_t magazines_before(void) { return magazine_bins(0) == 0 ? 0 : GROWN_PLACES_BYTES; }

static char *mapping_of(struct heap *heap) { return (char *)heap - magazines_before(); }

void magazines_close(struct heap *heap) {
    size_t bytes = magazines_before();
    bool wanted = BITSLAB_GUARD_UNUSED && !MEMORY_TOOLS && bytes != 0;
    heap->grown_closed = wanted && os_protect(mapping_of(heap), bytes, false);
}

static bool open(struct heap *heap) {
    if (!heap->grown_closed) return true;
    size_t first = first_grown_place();
    if (!os_protect(mapping_of(heap) + first, magazines_before() - first, true)) return false;
    heap->grown_closed = false;
    return true;
}

static struct magazine *magazine_of(struct heap *heap, const struct cache *cache) {
    return &heap->magazines_at[cache - heap->caches];
}

/* Bins by which the window moves, from the start on. It is twice as large, so that one bin back and
 * forth at its edge does not move it each time. */
static size_t step_of(const struct cache *cache) {
    size_t bins = magazine_bins(cache->class);
    return bins > WINDOW_LEAST ? bins : WINDOW_LEAST;
}

static void show(struct cache *cache, const struct magazine *magazine, void **bottom) {
    size_t bins = 2 * step_of(cache);
    size_t left = (size_t)(magazine->end - bottom);
    cache->bottom = bottom;
    cache->limit = bottom + (bins < left ? bins : left);
    cache->goes_on = bins < left;
}

static void begin(struct heap *heap, struct cache *cache, void **places, size_t bins) {
    struct magazine *magazine = magazine_of(heap, cache);
    *magazine = (struct magazine){places + 1, places + 1 + bins};
    cache->top = magazine->start;
    show(cache, magazine, magazine->start);
}

void magazine_init(struct heap *heap, struct cache *cache) {
    void **places = (void **)((char *)heap + place_of(cache->class));
    begin(heap, cache, places, magazine_bins(cache->class));
}

void magazine_hold_bins(struct heap *heap, struct cache *cache) {
    struct magazine *magazine = magazine_of(heap, cache);
    magazine->end = magazine->start + magazine_bins(cache->class);
    show(cache, magazine, magazine->start);
    cache->spilled = false;
}

void magazine_hold_none(struct heap *heap, struct cache *cache) {
    struct magazine *magazine = magazine_of(heap, cache);
    magazine->end = magazine->start;
    show(cache, magazine, magazine->start);
}

bool magazine_slide_down(struct heap *heap, struct cache *cache) {
    const struct magazine *magazine = magazine_of(heap, cache);
    if (cache->bottom == magazine->start) return false;
    show(cache, magazine, cache->bottom - step_of(cache));
    return true;
}

void magazine_slide_up(struct heap *heap, struct cache *cache) {
    show(cache, magazine_of(heap, cache), cache->limit - step_of(cache));
}

/* Places for so many bins, which end with all others of grown magazines. NULL: no room is left. */
static void **take_places(struct heap *heap, size_t bins) {
    size_t bytes = (1 + bins) * sizeof(void *);
    size_t place = first_grown_place() + heap->grown_places_bytes;
    if (bytes > GROWN_PLACES_BYTES - place || !open(heap)) return NULL;
    heap->grown_places_bytes += bytes;
    void **places = (void **)(mapping_of(heap) + place);
    places[0] = NULL; /* free looks there, too (cache_tops); others may have lain there */
    return places;
}

void magazine_grow(struct heap *heap, struct cache *cache) {
    const struct magazine *magazine = magazine_of(heap, cache);
    size_t bins = (size_t)(magazine->end - magazine->start);
    size_t most = most_bins(cache->class);
    if (most > 4 * bins) most = 4 * bins;
    size_t bytes = (most - bins) * cache->bin_bytes;
    cache->spilled = false;
    if (bytes == 0 || bytes > GROWN_MAGAZINES_BYTES - heap->grown_bytes) return;
    void **places = take_places(heap, most);
    if (places == NULL) return;
    heap->grown_bytes += bytes;
    heap->grown_classes |= (uint64_t)1 << cache->class;
    begin(heap, cache, places, most);
}

static void give_back_all(struct heap *heap, struct cache *cache) {
    const struct magazine *magazine = magazine_of(heap, cache);
    while (cache->top != magazine->start) block_give_back(heap, *--cache->top);
    show(cache, magazine, magazine->start);
    cache->spilled = false;
}

void magazine_empty(struct heap *heap, struct cache *cache) {
    const struct magazine *magazine = magazine_of(heap, cache);
    uint64_t bit = (uint64_t)1 << cache->class;
    give_back_all(heap, cache);
    if (!(heap->grown_classes & bit)) return;
    size_t more = (size_t)(magazine->end - magazine->start) - magazine_bins(cache->class);
    heap->grown_classes &= ~bit;
    if (heap->grown_classes == 0) heap->grown_places_bytes = 0;
    heap->grown_bytes -= more * cache->bin_bytes;
    magazine_init(heap, cache);
}

static size_t waiting_bytes(struct heap *heap) {
    size_t bytes = 0;
    for (uint64_t classes = heap->grown_classes; classes != 0; classes &= classes - 1) {
        const struct cache *cache = &heap->caches[lowest_bit(classes)];
        bytes += (size_t)(cache->top - magazine_start(heap, cache)) * cache->bin_bytes;
    }
    return bytes;
}

bool magazines_give_back(struct heap *heap) {
    if (waiting_bytes(heap) < SLAB_BYTES) return false;
    for (uint64_t classes = heap->grown_classes; classes != 0; classes &= classes - 1)
        give_back_all(heap, &heap->caches[lowest_bit(classes)]);
    return true;
}

void magazines_shrink(struct heap *heap) {
    for (uint64_t classes = heap->grown_classes; classes != 0; classes &= classes - 1)
        magazine_empty(heap, &heap->caches[lowest_bit(classes)]);
}
