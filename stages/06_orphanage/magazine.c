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

static uint64_t class_bit(const struct cache *cache) { return (uint64_t)1 << cache->class; }

static size_t places_bytes(size_t bins) { return (1 + bins) * sizeof(void *); }

/* Of places that the magazine has where large ones lie. */
static size_t grown_places(struct heap *heap, const struct cache *cache) {
    const struct magazine *magazine = magazine_of(heap, cache);
    if (!(heap->grown_classes & class_bit(cache))) return 0;
    return places_bytes((size_t)(magazine->end - magazine->start));
}

static bool has_room(struct heap *heap, const struct cache *cache, size_t more, size_t most) {
    size_t places = heap->grown_places_bytes - grown_places(heap, cache) + places_bytes(most);
    return more * cache->bin_bytes <= GROWN_MAGAZINES_BYTES - heap->grown_bytes &&
           places <= GROWN_PLACES_BYTES - first_grown_place();
}

static void give_back_all(struct heap *heap, struct cache *cache) {
    const struct magazine *magazine = magazine_of(heap, cache);
    while (cache->top != magazine->start) block_give_back(heap, *--cache->top);
    show(cache, magazine, magazine->start);
    cache->spilled = false;
}

/* An empty magazine becomes a small one again. */
static void ungrow(struct heap *heap, struct cache *cache) {
    const struct magazine *magazine = magazine_of(heap, cache);
    if (!(heap->grown_classes & class_bit(cache))) return;
    size_t more = (size_t)(magazine->end - magazine->start) - magazine_bins(cache->class);
    heap->grown_places_bytes -= grown_places(heap, cache);
    heap->grown_bytes -= more * cache->bin_bytes;
    heap->grown_classes &= ~class_bit(cache);
    magazine_init(heap, cache);
}

void magazine_empty(struct heap *heap, struct cache *cache) {
    give_back_all(heap, cache);
    ungrow(heap, cache);
}

/* Large magazines of classes that were not refilled for a while make room for those that are. */
static void empty_idle(struct heap *heap) {
    if (heap->refills - heap->idle_since < IDLE_REFILLS) return;
    uint64_t idle = heap->grown_classes & ~heap->refilled_classes;
    for (; idle != 0; idle &= idle - 1) magazine_empty(heap, &heap->caches[lowest_bit(idle)]);
    heap->refilled_classes = 0;
    heap->idle_since = heap->refills;
}

static unsigned lowest_place(const struct heap *heap, uint64_t classes) {
    unsigned lowest = lowest_bit(classes);
    for (; classes != 0; classes &= classes - 1) {
        unsigned class = lowest_bit(classes);
        if (heap->magazines_at[class].start < heap->magazines_at[lowest].start) lowest = class;
    }
    return lowest;
}

/* Where its places end now. */
static void **move_down(struct cache *cache, struct magazine *magazine, void **to) {
    ptrdiff_t by = magazine->start - 1 - to;
    __builtin_memmove(to, to + by, (size_t)(cache->top - by - to) * sizeof(void *));
    cache->top -= by;
    cache->bottom -= by;
    cache->limit -= by;
    magazine->start -= by;
    return magazine->end -= by;
}

/* Close the gaps that others left. Returns where the last places end. */
static void **compact(struct heap *heap) {
    void **to = (void **)(mapping_of(heap) + first_grown_place());
    for (uint64_t left = heap->grown_classes; left != 0;) {
        unsigned class = lowest_place(heap, left);
        left &= ~((uint64_t)1 << class);
        to = move_down(&heap->caches[class], &heap->magazines_at[class], to);
    }
    return to;
}

void magazine_grow(struct heap *heap, struct cache *cache) {
    const struct magazine *magazine = magazine_of(heap, cache);
    size_t bins = (size_t)(magazine->end - magazine->start);
    size_t most = most_bins(cache->class);
    if (most > 4 * bins) most = 4 * bins;
    cache->spilled = false;
    if (most == bins) return;
    if (!has_room(heap, cache, most - bins, most)) empty_idle(heap);
    if (!has_room(heap, cache, most - bins, most) || !open(heap)) return;
    ungrow(heap, cache);
    void **places = compact(heap);
    places[0] = NULL; /* free looks there, too (cache_tops); others may have lain there */
    heap->grown_bytes += (most - magazine_bins(cache->class)) * cache->bin_bytes;
    heap->grown_places_bytes += places_bytes(most);
    heap->grown_classes |= class_bit(cache);
    begin(heap, cache, places, most);
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
