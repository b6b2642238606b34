/* memory.c -- what an atomic operation may read: a weak memory model, executed.
 *
 * Each location keeps all its stores of the run, in modification order, which here is the order of
 * execution. A thread's view says how far it has come in each location; a load may return any store
 * from there on, unless it is seq_cst: then nothing older than the last seq_cst store to the
 * location. A store that releases carries its thread's view along, and a load that acquires takes
 * it over. A read-modify-write reads the newest store and passes its message on (release sequence).
 *
 * Not modelled: reordering of a load with a later store (load buffering), and a modification order
 * that differs from the order of execution. Source: Kang 2017 (views and messages).
 */
#include "explore.h"

#include <string.h>

struct store {
    uint64_t value;
    struct view view; /* what a thread that acquires learns                                       */
    unsigned thread, step;
};

struct location {
    const volatile void *at;
    uint32_t generation;
    uint8_t number, count;
    uint8_t floor; /* the last seq_cst store                                                      */
    uint16_t stores[STORES_MAX];
};

#define TABLE 1024 /* a hash table; a power of two well above LOCATIONS_MAX */
#define POOL 4096

static struct location table[TABLE];
static struct store pool[POOL];
static unsigned pool_used, locations;

void memory_reset(void) { pool_used = locations = 0; }

/* By size: a copy of so many bytes as a number says takes ten times as long. */
static uint64_t bits_of(const volatile void *at, unsigned bytes) {
    switch (bytes) {
    case 1: return *(const volatile uint8_t *)at;
    case 2: return *(const volatile uint16_t *)at;
    case 4: return *(const volatile uint32_t *)at;
    default: return *(const volatile uint64_t *)at;
    }
}

static void write_bits(volatile void *at, uint64_t value, unsigned bytes) {
    plain_save(at, bytes);
    memcpy((void *)at, &value, bytes);
}

static struct store *add_store(struct location *location, uint64_t value) {
    if (location->count == STORES_MAX || pool_used == POOL)
        failed("the explorer has no room for more stores; a thread that does not end?");
    struct store *store = &pool[pool_used];
    location->stores[location->count++] = (uint16_t)pool_used++;
    store->value = value;
    store->thread = run.current;
    store->step = run.steps;
    memset(&store->view, 0, sizeof store->view);
    return store;
}

static struct location *location_of(const volatile void *at, unsigned bytes) {
    uintptr_t hash = ((uintptr_t)at >> 2) * 0x9e3779b97f4a7c15u >> 40;
    struct location *location;
    for (;; hash++) {
        location = &table[hash % TABLE];
        if (location->generation != run.generation) break;
        if (location->at == at) return location;
    }
    if (locations == LOCATIONS_MAX) failed("the explorer has no room for more locations");
    *location = (struct location){.at = at, .generation = run.generation};
    location->number = (uint8_t)locations++;
    add_store(location, bits_of(at, bytes))->step = 0; /* what was there before the run */
    return location;
}

static struct store *store_at(struct location *location, unsigned index) {
    return &pool[location->stores[index]];
}

static struct view *mine(void) { return &run.threads[run.current].view; }

static void join(struct view *into, const struct view *from) {
    for (unsigned i = 0; i < LOCATIONS_MAX; i++)
        if (from->seen[i] > into->seen[i]) into->seen[i] = from->seen[i];
    for (unsigned i = 0; i < THREADS_MAX; i++)
        if (from->time[i] > into->time[i]) into->time[i] = from->time[i];
}

static bool acquires(unsigned order) {
    return order == order_acquire || order == order_acq_rel || order == order_seq_cst;
}

static bool releases(unsigned order) {
    return order == order_release || order == order_acq_rel || order == order_seq_cst;
}

static void learn(struct location *location, unsigned index, unsigned order) {
    if (mine()->seen[location->number] < index) mine()->seen[location->number] = (uint8_t)index;
    if (acquires(order)) join(mine(), &store_at(location, index)->view);
}

/* Write the next store. before: the store that a read-modify-write read, whose message goes on. */
static void publish(struct location *location, uint64_t value, const struct place *place,
                    const struct store *before) {
    struct store *store = add_store(location, value);
    unsigned index = location->count - 1u;
    mine()->seen[location->number] = (uint8_t)index;
    if (before != NULL) join(&store->view, &before->view);
    if (releases(place->order)) join(&store->view, mine());
    store->view.seen[location->number] = (uint8_t)index;
    mine()->time[run.current]++; /* what follows is not covered by the message */
    if (place->order == order_seq_cst) location->floor = (uint8_t)index;
    write_bits(location->at == NULL ? NULL : (volatile void *)location->at, value, place->bytes);
}

static uint64_t mask(const struct place *place) {
    return place->bytes == 8 ? ~(uint64_t)0 : ((uint64_t)1 << 8 * place->bytes) - 1;
}

/* Counters and whatever happens before or after the run are not modelled. */
static bool modelled(const volatile void *at) {
    return run.phase == PHASE_RUN && !plain_private(at);
}

uint64_t explore_load(const volatile void *at, const struct place *place) {
    if (run.phase != PHASE_RUN || !modelled(at)) return bits_of(at, place->bytes);
    search_step(place, at);
    struct location *location = location_of(at, place->bytes);
    unsigned newest = location->count - 1u;
    unsigned oldest = mine()->seen[location->number];
    if (place->order == order_seq_cst && location->floor > oldest) oldest = location->floor;
    if (run.stale_left == 0) oldest = newest;
    unsigned age = newest == oldest ? 0 : search_choose(newest - oldest + 1);
    if (age != 0) run.stale_left--;
    struct store *store = store_at(location, newest - age);
    if (age == 0) tell_step(place, at, "reads %#lx", store->value);
    else
        tell_step(place, at, "reads %#lx of step %u, not yet %#lx of step %u", store->value,
                  store->step, store_at(location, newest)->value, store_at(location, newest)->step);
    learn(location, newest - age, place->order);
    return store->value;
}

void explore_store(volatile void *at, uint64_t value, const struct place *place) {
    value &= mask(place);
    if (!modelled(at)) {
        write_bits(at, value, place->bytes);
        return;
    }
    search_step(place, at);
    struct location *location = location_of(at, place->bytes);
    tell_step(place, at, "writes %#lx", value);
    publish(location, value, place, NULL);
}

static uint64_t changed(uint64_t old, uint64_t operand, const struct place *place) {
    switch (place->operation) {
    case OP_SWAP: return operand & mask(place);
    case OP_ADD: return (old + operand) & mask(place);
    case OP_OR: return (old | operand) & mask(place);
    default: return old & operand & mask(place);
    }
}

uint64_t explore_change(volatile void *at, uint64_t operand, const struct place *place) {
    if (!modelled(at)) {
        uint64_t old = bits_of(at, place->bytes);
        write_bits(at, changed(old, operand, place), place->bytes);
        return old;
    }
    search_step(place, at);
    struct location *location = location_of(at, place->bytes);
    struct store *newest = store_at(location, location->count - 1u);
    uint64_t value = changed(newest->value, operand, place);
    tell_step(place, at, "%#lx -> %#lx", newest->value, value);
    learn(location, location->count - 1u, place->order);
    publish(location, value, place, newest);
    return newest->value;
}

/* A compare-and-swap that fails is a load: it may have read an older store, which differs. */
static unsigned failing_read(struct location *location, uint64_t expected, bool may_succeed) {
    unsigned candidates[STORES_MAX], count = 0;
    unsigned oldest = mine()->seen[location->number];
    if (may_succeed) candidates[count++] = location->count - 1u;
    for (unsigned i = location->count; i-- > oldest;) {
        bool newest = i == location->count - 1u;
        if (store_at(location, i)->value == expected || (run.stale_left == 0 && !newest)) continue;
        candidates[count++] = i;
    }
    unsigned chosen = candidates[count > 1 ? search_choose(count) : 0];
    if (chosen != location->count - 1u) run.stale_left--;
    return chosen;
}

bool explore_cas(volatile void *at, void *expected, uint64_t desired, const struct place *place) {
    uint64_t wanted = bits_of(expected, place->bytes);
    desired &= mask(place);
    if (!modelled(at)) {
        uint64_t old = bits_of(at, place->bytes);
        if (old == wanted) write_bits(at, desired, place->bytes);
        else memcpy(expected, &old, place->bytes);
        return old == wanted;
    }
    search_step(place, at);
    struct location *location = location_of(at, place->bytes);
    struct store *newest = store_at(location, location->count - 1u);
    unsigned read = failing_read(location, wanted, newest->value == wanted);
    struct store *store = store_at(location, read);
    if (store->value == wanted) {
        tell_step(place, at, "%#lx -> %#lx", wanted, desired);
        learn(location, read, place->order);
        publish(location, desired, place, store);
        return true;
    }
    tell_step(place, at, "finds %#lx, not %#lx", store->value, wanted);
    learn(location, read, place->failure_order);
    memcpy(expected, &store->value, place->bytes);
    return false;
}
