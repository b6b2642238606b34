// bitslab.hpp -- bitslab for C++: containers, RAII heaps, polymorphic memory resources.
//
//   std::vector<int, bitslab::allocator<int>> v;          // every thread's own heap
//   bitslab::heap scratch;                                // a heap of its own ...
//   std::list<int, bitslab::heap_allocator<int>> l(scratch);
//   std::pmr::vector<int> p(bitslab::resource());         // C++17
//   scratch.destroy_all();                                // ... and all blocks in it end at once
//
// Header-only, C++11 and later; std::pmr with C++17. Threads: as bitslab.h says of each call. What
// cannot be allocated throws std::bad_alloc.
#ifndef BITSLAB_HPP
#define BITSLAB_HPP

#include <cstddef>
#include <limits>
#include <new>
#include <type_traits>
#include <utility>

#if __cplusplus >= 201703L && defined(__has_include)
#if __has_include(<memory_resource>)
#include <memory_resource>
#define BITSLAB_HAS_PMR 1
#endif
#endif

#include "bitslab.h"

namespace bitslab {

namespace detail {

template <class T>
std::size_t bytes_of(std::size_t count) {
    if (count > std::numeric_limits<std::size_t>::max() / sizeof(T)) throw std::bad_alloc();
    return count * sizeof(T);
}

inline void *or_throw(void *block) {
    if (block == nullptr) throw std::bad_alloc();
    return block;
}

} // namespace detail

/// Allocates from the calling thread's heap. Stateless: all of them are equal.
template <class T>
struct allocator {
    using value_type = T;
    using is_always_equal = std::true_type;

    allocator() noexcept = default;
    template <class U>
    allocator(const allocator<U> &) noexcept {}

    T *allocate(std::size_t count) {
        std::size_t bytes = detail::bytes_of<T>(count);
        return static_cast<T *>(detail::or_throw(
            alignof(T) <= 16 ? bitslab_malloc(bytes) : bitslab_aligned_alloc(alignof(T), bytes)));
    }

    void deallocate(T *block, std::size_t) noexcept { bitslab_free(block); }
};

template <class T, class U>
bool operator==(const allocator<T> &, const allocator<U> &) noexcept {
    return true;
}
template <class T, class U>
bool operator!=(const allocator<T> &, const allocator<U> &) noexcept {
    return false;
}

/// A first-class heap that ends with its scope, and every block in it.
class heap {
public:
    heap() : handle_(bitslab_heap_create()) { check(); }

    /// Over memory of the caller's (see bitslab_heap_create_in), which must live longer.
    heap(void *memory, std::size_t bytes) : handle_(bitslab_heap_create_in(memory, bytes)) {
        check();
    }

    heap(heap &&other) noexcept : handle_(other.handle_) { other.handle_ = nullptr; }
    heap &operator=(heap &&other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~heap() { bitslab_heap_destroy(handle_); }

    void *allocate(std::size_t bytes, std::size_t align = 16) {
        return detail::or_throw(align <= 16 ? bitslab_heap_malloc(handle_, bytes)
                                            : bitslab_heap_aligned_alloc(handle_, align, bytes));
    }

    /// For the thread that uses the heap; others call bitslab_free.
    void deallocate(void *block) noexcept { bitslab_heap_free(handle_, block); }

    /// End all blocks; the heap is as new. Not for a heap over the caller's memory.
    void destroy_all() {
        bitslab_heap *fresh = bitslab_heap_create();
        if (fresh == nullptr) throw std::bad_alloc();
        bitslab_heap_destroy(handle_);
        handle_ = fresh;
    }

    bitslab_heap *handle() const noexcept { return handle_; }

private:
    void check() const { detail::or_throw(handle_); }
    bitslab_heap *handle_;
};

/// Allocates in a heap, which must outlive the container.
template <class T>
struct heap_allocator {
    using value_type = T;
    using propagate_on_container_copy_assignment = std::true_type;
    using propagate_on_container_move_assignment = std::true_type;
    using propagate_on_container_swap = std::true_type;

    heap *from;

    heap_allocator(heap &in) noexcept : from(&in) {}
    template <class U>
    heap_allocator(const heap_allocator<U> &other) noexcept : from(other.from) {}

    T *allocate(std::size_t count) {
        return static_cast<T *>(from->allocate(detail::bytes_of<T>(count), alignof(T)));
    }
    void deallocate(T *block, std::size_t) noexcept { from->deallocate(block); }
};

template <class T, class U>
bool operator==(const heap_allocator<T> &a, const heap_allocator<U> &b) noexcept {
    return a.from == b.from;
}
template <class T, class U>
bool operator!=(const heap_allocator<T> &a, const heap_allocator<U> &b) noexcept {
    return !(a == b);
}

#ifdef BITSLAB_HAS_PMR

/// The calling thread's heap as a memory resource. Safe from any thread.
class thread_resource final : public std::pmr::memory_resource {
    void *do_allocate(std::size_t bytes, std::size_t align) override {
        return detail::or_throw(align <= 16 ? bitslab_malloc(bytes)
                                            : bitslab_aligned_alloc(align, bytes));
    }
    void do_deallocate(void *block, std::size_t, std::size_t) override { bitslab_free(block); }
    bool do_is_equal(const std::pmr::memory_resource &other) const noexcept override {
        return dynamic_cast<const thread_resource *>(&other) != nullptr;
    }
};

/// The one thread_resource that a program needs; lives as long as the program.
inline std::pmr::memory_resource *resource() {
    static thread_resource *const one = new thread_resource;
    return one;
}

/// A heap of its own as a memory resource; one thread at a time.
class heap_resource final : public std::pmr::memory_resource {
public:
    heap_resource() = default;
    heap_resource(void *memory, std::size_t bytes) : heap_(memory, bytes) {}

private:
    void *do_allocate(std::size_t bytes, std::size_t align) override {
        return heap_.allocate(bytes, align);
    }
    void do_deallocate(void *block, std::size_t, std::size_t) override { heap_.deallocate(block); }
    bool do_is_equal(const std::pmr::memory_resource &other) const noexcept override {
        return this == &other;
    }
    heap heap_;
};

#endif

} // namespace bitslab

#endif
