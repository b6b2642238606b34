/* bitslab_new.hpp -- operators new and delete from bitslab, for a program that includes it in one file.
 *
 * Where malloc is taken over (preloaded, or by libbitslab-malloc.a), they are there already.
 */
#ifndef BITSLAB_NEW_HPP
#define BITSLAB_NEW_HPP

#include <cstddef>
#include <new>

#include "bitslab.h"

namespace bitslab_new {

/* Call the new handler until there is memory; without one, throw. */
inline void *allocate(std::size_t size, std::size_t align) {
    for (;;) {
        void *block = align == 0 ? bitslab_malloc(size) : bitslab_aligned_alloc(align, size);
        if (block != nullptr) return block;
        std::new_handler handler = std::get_new_handler();
        if (handler == nullptr) throw std::bad_alloc();
        handler();
    }
}

inline void *allocate_or_null(std::size_t size, std::size_t align) noexcept {
    try {
        return allocate(size, align);
    } catch (...) {
        return nullptr;
    }
}

} // namespace bitslab_new

#define BITSLAB_NEW(name)                                                            \
    void *operator name(std::size_t size) { return bitslab_new::allocate(size, 0); } \
    void *operator name(std::size_t size, const std::nothrow_t &) noexcept {         \
        return bitslab_new::allocate_or_null(size, 0);                               \
    }                                                                                \
    void *operator name(std::size_t size, std::align_val_t align) {                  \
        return bitslab_new::allocate(size, static_cast<std::size_t>(align));         \
    }                                                                                \
    void *operator name(std::size_t size, std::align_val_t align,                    \
                        const std::nothrow_t &) noexcept {                           \
        return bitslab_new::allocate_or_null(size, static_cast<std::size_t>(align)); \
    }

#define BITSLAB_DELETE(name)                                                                  \
    void operator name(void *block) noexcept { bitslab_free(block); }                         \
    void operator name(void *block, const std::nothrow_t &) noexcept { bitslab_free(block); } \
    void operator name(void *block, std::size_t size) noexcept {                              \
        bitslab_free_sized(block, size);                                                      \
    }                                                                                         \
    void operator name(void *block, std::align_val_t) noexcept { bitslab_free(block); }       \
    void operator name(void *block, std::align_val_t, const std::nothrow_t &) noexcept {      \
        bitslab_free(block);                                                                  \
    }                                                                                         \
    void operator name(void *block, std::size_t size, std::align_val_t align) noexcept {      \
        bitslab_free_aligned_sized(block, static_cast<std::size_t>(align), size);             \
    }

BITSLAB_NEW(new)
BITSLAB_NEW(new[])
BITSLAB_DELETE(delete)
BITSLAB_DELETE(delete[])

#undef BITSLAB_NEW
#undef BITSLAB_DELETE

#endif
