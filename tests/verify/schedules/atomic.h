/* atomic.h -- the stage's door to shared memory, with a scheduler behind it.
 *
 * It is included before everything else and takes the name of the stage's own atomic.h, whose text
 * is then skipped: the stage's sources are compiled as they are. Each operation stops first, so
 * that another thread may go on there, and then happens in the memory model of memory.c.
 */
#ifndef ATOMIC_H
#define ATOMIC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum order { order_relaxed, order_acquire, order_release, order_acq_rel, order_seq_cst };
enum operation { OP_START, OP_LOAD, OP_STORE, OP_SWAP, OP_ADD, OP_OR, OP_AND, OP_CAS };

/** An operation as it stands in the source. */
struct place {
    const char *file;
    const char *function;
    const char *operand; /* the source text of the address */
    int line;
    uint8_t operation, order, failure_order, bytes;
};

uint64_t explore_load(const volatile void *at, const struct place *place);
void explore_store(volatile void *at, uint64_t value, const struct place *place);
/** Any other operation that always writes; the old value. */
uint64_t explore_change(volatile void *at, uint64_t operand, const struct place *place);
bool explore_cas(volatile void *at, void *expected, uint64_t desired, const struct place *place);

/* What a load returns: the type without _Atomic. */
#define VALUE_TYPE(at) __typeof__(atomic_load_explicit(at, memory_order_relaxed))
#define PLACE(at, operation, order, failure)                        \
    ({                                                              \
        static const struct place place = {__FILE__,                \
                                           __func__,                \
                                           #at,                     \
                                           __LINE__,                \
                                           OP_##operation,          \
                                           order_##order,           \
                                           order_##failure,         \
                                           sizeof(VALUE_TYPE(at))}; \
        &place;                                                     \
    })

#define atom_load(at, order) ((VALUE_TYPE(at))explore_load(at, PLACE(at, LOAD, order, relaxed)))
#define atom_store(at, value, order) \
    explore_store(at, (uint64_t)(value), PLACE(at, STORE, order, relaxed))
#define CHANGE(at, operand, operation, order)                                              \
    ({                                                                                     \
        uint64_t old_value =                                                               \
            explore_change(at, (uint64_t)(operand), PLACE(at, operation, order, relaxed)); \
        (VALUE_TYPE(at)) old_value;                                                        \
    })
#define atom_swap(at, value, order) CHANGE(at, value, SWAP, order)
#define atom_add(at, value, order) CHANGE(at, value, ADD, order)
#define atom_or(at, bits, order) ((void)CHANGE(at, bits, OR, order))
#define atom_or_old(at, bits, order) CHANGE(at, bits, OR, order)
#define atom_and(at, bits, order) ((void)CHANGE(at, bits, AND, order))
#define atom_cas(at, expected, desired, success, failure) \
    explore_cas(at, expected, (uint64_t)(desired), PLACE(at, CAS, success, failure))

#endif
