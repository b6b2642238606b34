// words.cpp -- operators new and delete in all their forms: containers, strings, exceptions,
// shared and over-aligned objects; with "threads" as its argument, threads that come and go and
// free each other's objects. It is compiled on bitslab and then run on it.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <deque>
#include <future>
#include <list>
#include <map>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace {

class Random {
public:
    explicit Random(uint32_t seed) : seed_(seed) {}
    uint32_t below(uint32_t n) {
        seed_ = (seed_ * 1103515245u + 12345u) & 0x7fffffffu;
        return (seed_ >> 8) % n;
    }
    std::string word() {
        std::string text;
        for (uint32_t i = 2 + below(9); i > 0; i--) text += static_cast<char>('a' + below(26));
        return text;
    }

private:
    uint32_t seed_;
};

uint32_t checksum(const std::string &text) {
    uint32_t sum = 2166136261u;
    for (unsigned char c : text) sum = (sum ^ c) * 16777619u;
    return sum;
}

std::string dictionary(uint32_t seed, int words) {
    Random random(seed);
    std::unordered_map<std::string, int> count;
    for (int i = 0; i < words; i++) count[random.word()]++;
    std::multimap<int, std::string, std::greater<>> by_count;
    for (auto &[word, n] : count) by_count.emplace(n, word);
    std::set<std::string> lines;
    for (auto &[n, word] : by_count) lines.insert(std::to_string(n) + ' ' + word);
    std::string text;
    for (auto &line : lines) text += line + '\n';
    return text;
}

struct alignas(128) Wide {
    char bytes[200];
};

struct alignas(4096) Page {
    char bytes[4096];
};

template <class T> uint32_t aligned(size_t count) {
    std::vector<std::unique_ptr<T>> kept;
    uint32_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        kept.push_back(std::make_unique<T>());
        wrong += reinterpret_cast<uintptr_t>(kept.back().get()) % alignof(T) != 0;
        std::memset(kept.back()->bytes, static_cast<int>(i), sizeof kept.back()->bytes);
        if (i % 3 == 0) kept.erase(kept.begin() + static_cast<long>(kept.size() / 2));
    }
    return wrong;
}

// Asks for more than any machine has: the operator must throw, and nothrow must give null.
std::string exhausted() {
    size_t huge = SIZE_MAX / 4;
    volatile size_t hidden = huge;
    void *none = ::operator new(hidden, std::nothrow);
    try {
        ::operator delete(::operator new(hidden));
    } catch (const std::bad_alloc &) {
        return none ? "nothrow gave a block" : "bad_alloc";
    }
    return "no exception";
}

int exceptions(int depth) {
    std::string name(static_cast<size_t>(depth), 'x');
    if (depth == 0) throw std::runtime_error(std::string(300, 'e'));
    try {
        return exceptions(depth - 1) + static_cast<int>(name.size());
    } catch (const std::exception &e) {
        if (depth % 5 != 0) throw;
        throw std::runtime_error(std::string(e.what()) + name);
    }
}

using Message = std::shared_ptr<std::vector<std::string>>;

// Each thread makes messages, swaps them with whatever lies in a shared slot, and drops what it
// got: most blocks die in a thread other than the one they were born in.
uint64_t exchange(int threads, int messages) {
    std::vector<Message> slots(64);
    std::vector<std::mutex> locks(slots.size());
    std::vector<std::future<uint64_t>> sums;
    for (int t = 0; t < threads; t++)
        sums.push_back(std::async(std::launch::async, [&, t] {
            Random random(static_cast<uint32_t>(t));
            uint64_t sum = 0;
            for (int i = 0; i < messages; i++) {
                auto made = std::make_shared<std::vector<std::string>>();
                for (uint32_t n = random.below(20); n > 0; n--)
                    made->push_back(random.word() + std::string(random.below(60), '.'));
                for (auto &text : *made) sum += text.size();
                size_t slot = random.below(static_cast<uint32_t>(slots.size()));
                std::lock_guard<std::mutex> guard(locks[slot]);
                std::swap(slots[slot], made);
            }
            return sum;
        }));
    uint64_t total = 0;
    for (auto &sum : sums) total += sum.get();
    return total;
}

} // namespace

int main(int argc, char **argv) {
    std::string text = dictionary(1, 60000);
    std::printf("dictionary %zu %08x\n", text.size(), checksum(text));

    std::list<std::deque<std::string>> lists;
    Random random(7);
    for (int i = 0; i < 20000; i++) {
        lists.emplace_back(1 + random.below(4), random.word());
        if (lists.size() > 500) lists.erase(std::next(lists.begin(), random.below(100)));
    }
    lists.sort();
    std::printf("lists %zu %s %s\n", lists.size(), lists.front().front().c_str(),
                lists.back().front().c_str());

    std::pmr::unsynchronized_pool_resource pool;
    std::pmr::map<int, std::pmr::string> pooled(&pool);
    for (int i = 0; i < 20000; i++) pooled[i * 7919 % 20011] = std::pmr::string(random.below(90), 'p');
    size_t length = 0;
    for (auto &[key, value] : pooled) length += value.size();
    std::printf("pool %zu %zu\n", pooled.size(), length);

    std::printf("misaligned %u %u\n", aligned<Wide>(3000), aligned<Page>(300));
    std::printf("exhausted: %s\n", exhausted().c_str());
    size_t thrown = 0;
    for (int i = 0; i < 300; i++) {
        try {
            exceptions(60);
        } catch (const std::exception &e) {
            thrown += std::strlen(e.what());
        }
    }
    std::printf("exceptions %zu\n", thrown);
    if (argc > 1 && std::strcmp(argv[1], "threads") == 0)
        for (int round = 0; round < 10; round++)
            std::printf("exchange %llu\n", static_cast<unsigned long long>(exchange(8, 1500 + round)));
    return 0;
}
