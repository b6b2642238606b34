/* pool.c -- empty superpages, resident or purged. */
#include "pool.h"

#include "misuse.h"
#include "stack.h"

static struct stack resident;
static struct stack purged;
static _Atomic uint32_t resident_count; /* about: a hint for when to purge */
static _Atomic uint32_t shortages;

static _Atomic uint32_t *link_of(uintptr_t base) { return &superpage_of(base)->next_in_pool; }

static void push(struct stack *stack, struct superpage *superpage) {
    stack_push(stack, superpage_base((uintptr_t)superpage), link_of);
}

/* After an attempt to purge a superpage that counts as resident: if the OS refused, it stays so,
 * and the next attempt must find it. */
static void put_away(struct superpage *superpage, struct stack *refused) {
    if (superpage->touched_slots != 0) {
        push(refused, superpage);
        return;
    }
    atom_add(&resident_count, (uint32_t)-1, relaxed);
    push(&purged, superpage);
}

void pool_put(struct superpage *superpage) {
    atom_store(&superpage->owner, OWNER_POOL, relaxed);
    if (atom_add(&resident_count, 1, relaxed) < EMPTY_SUPERPAGES_KEPT) {
        push(&resident, superpage);
        return;
    }
    superpage_purge(superpage);
    put_away(superpage, &resident);
}

struct superpage *pool_take(void) {
    uintptr_t base = stack_pop(&resident, link_of);
    if (base != 0) {
        atom_add(&resident_count, (uint32_t)-1, relaxed);
        return superpage_of(base);
    }
    base = stack_pop(&purged, link_of);
    if (base != 0) return superpage_of(base);
    atom_add(&shortages, 1, relaxed);
    return superpage_map();
}

uint32_t pool_shortages(void) { return atom_load(&shortages, relaxed); }

bool pool_purge(void) {
    bool any = false;
    struct stack refused = {0};
    uintptr_t base;
    while ((base = stack_pop(&resident, link_of)) != 0) {
        any |= superpage_purge(superpage_of(base));
        put_away(superpage_of(base), &refused);
    }
    while ((base = stack_pop(&refused, link_of)) != 0) push(&resident, superpage_of(base));
    return any;
}

static size_t count(struct stack *stack) {
    size_t nodes = 0;
    uintptr_t base = stack_top(stack);
    for (; base != 0; base = stack_next(base, link_of), nodes++) {
        struct superpage *superpage = superpage_of(base);
        bool pooled = atom_load(&superpage->owner, relaxed) == OWNER_POOL;
        if (!pooled || nodes > UINT32_MAX) misuse("survey", superpage, "I8: wrongly in the pool");
    }
    return nodes;
}

size_t pool_count(void) { return count(&resident) + count(&purged); }
