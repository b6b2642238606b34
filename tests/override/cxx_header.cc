// cxx_header.cc -- bitslab.hpp: containers in the thread's heap, in heaps of their own, and pmr.
#include "bitslab.hpp"

#include <cstdio>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <list>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#define REQUIRE(what) ((what) ? (void)0 : (std::fprintf(stderr, "not: %s\n", #what), std::exit(1)))

static std::size_t live() {
    struct bitslab_survey now;
    ::bitslab_survey(&now);
    return now.block_bytes;
}

template <class Container>
static void fill(Container &container) {
    for (int i = 0; i < 10000; i++) container.push_back(i);
    int sum = 0;
    for (int value : container) sum += value;
    REQUIRE(sum == 49995000);
}

static void containers_in_the_threads_heap() {
    std::vector<int, bitslab::allocator<int>> vector;
    std::deque<int, bitslab::allocator<int>> deque;
    std::list<int, bitslab::allocator<int>> list;
    fill(vector), fill(deque), fill(list);
    std::vector<int, bitslab::allocator<int>> moved = std::move(vector);
    REQUIRE(moved.size() == 10000);
    using text = std::basic_string<char, std::char_traits<char>, bitslab::allocator<char>>;
    std::map<int, text, std::less<int>, bitslab::allocator<std::pair<const int, text>>> map;
    for (int i = 0; i < 1000; i++) map[i] = text(static_cast<std::size_t>(i), 'x');
    for (auto &entry : map) REQUIRE(entry.second.size() == static_cast<std::size_t>(entry.first));
}

struct alignas(256) wide_aligned {
    char bytes[256];
};

static void alignment_is_kept() {
    std::vector<wide_aligned, bitslab::allocator<wide_aligned>> vector(3);
    REQUIRE(reinterpret_cast<std::size_t>(vector.data()) % 256 == 0);
    bitslab::heap heap;
    std::list<wide_aligned, bitslab::heap_allocator<wide_aligned>> list(heap);
    for (int i = 0; i < 10; i++) {
        list.emplace_back();
        REQUIRE(reinterpret_cast<std::size_t>(&list.back()) % 256 == 0);
    }
}

static void a_heap_ends_with_all_its_blocks() {
    std::size_t before = live();
    {
        bitslab::heap heap;
        using list = std::list<int, bitslab::heap_allocator<int>>;
        // Never destroyed: its nodes end with the heap.
        list *nodes = new (heap.allocate(sizeof(list))) list(heap);
        fill(*nodes);
        REQUIRE(live() > before + 10000 * 16);
        heap.destroy_all();
        REQUIRE(live() == before);
        bitslab::heap other(std::move(heap));
        std::vector<int, bitslab::heap_allocator<int>> vector(other);
        fill(vector);
        std::thread([&] { bitslab_free(other.allocate(100)); }).join();
    }
    REQUIRE(live() == before);
}

static void what_does_not_fit_throws() {
    bool thrown = false;
    try {
        std::vector<int, bitslab::allocator<int>>().reserve(SIZE_MAX / 8);
    } catch (const std::bad_alloc &) {
        thrown = true;
    } catch (const std::length_error &) {
        thrown = true;
    }
    REQUIRE(thrown);
    thrown = false;
    try {
        bitslab::allocator<long>().allocate(SIZE_MAX / 2);
    } catch (const std::bad_alloc &) {
        thrown = true;
    }
    REQUIRE(thrown);
    thrown = false;
    char small[64];
    try {
        bitslab::heap heap(small, sizeof small);
    } catch (const std::bad_alloc &) {
        thrown = true;
    }
    REQUIRE(thrown);
}

#ifdef BITSLAB_HAS_PMR
static void polymorphic_resources() {
    std::size_t before = live();
    {
        std::pmr::vector<std::pmr::string> strings(bitslab::resource());
        for (int i = 0; i < 1000; i++) strings.emplace_back(static_cast<std::size_t>(i), 'y');
        REQUIRE(strings[999].get_allocator().resource()->is_equal(*bitslab::resource()));
        bitslab::heap_resource own;
        std::pmr::map<int, std::pmr::string> map(&own);
        for (int i = 0; i < 1000; i++) map[i].assign(static_cast<std::size_t>(i), 'z');
        REQUIRE(!own.is_equal(*bitslab::resource()));
        REQUIRE(live() > before + 500000);
    }
    REQUIRE(live() == before);
}
#endif

int main() {
    std::free(std::malloc(1));
    bitslab_free(bitslab_malloc(1));
    containers_in_the_threads_heap();
    alignment_is_kept();
    a_heap_ends_with_all_its_blocks();
    what_does_not_fit_throws();
#ifdef BITSLAB_HAS_PMR
    bitslab::resource(); // lives as long as the program
    polymorphic_resources();
#endif
    std::puts("ok");
}
