/* atomic.h -- the one door to shared memory.
 *
 * Every atomic operation of the allocator goes through these names, so that its memory order is
 * said at the place of use, and a test build can put a scheduler behind the door. Orders are
 * given without their prefix: atom_load(&x, acquire).
 *
 * Every operation that is stronger than relaxed carries an edge label such as [RF-1] in a comment
 * beside it, and names the operation that it pairs with.
 */
#ifndef ATOMIC_H
#define ATOMIC_H

#include <stdatomic.h>

#define atom_load(at, order) atomic_load_explicit(at, memory_order_##order)
#define atom_store(at, value, order) atomic_store_explicit(at, value, memory_order_##order)
#define atom_swap(at, value, order) atomic_exchange_explicit(at, value, memory_order_##order)
#define atom_add(at, value, order) atomic_fetch_add_explicit(at, value, memory_order_##order)
#define atom_or(at, bits, order) ((void)atomic_fetch_or_explicit(at, bits, memory_order_##order))
#define atom_and(at, bits, order) ((void)atomic_fetch_and_explicit(at, bits, memory_order_##order))
#define atom_cas(at, expected, desired, success, failure)                                  \
    atomic_compare_exchange_strong_explicit(at, expected, desired, memory_order_##success, \
                                            memory_order_##failure)

#endif
