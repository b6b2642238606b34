// overridden.cc -- includes bitslab_new.hpp: do the operators give bitslab's blocks?
#include "bitslab_new.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

struct alignas(64) line {
    char bytes[64];
};

static void throwing() { throw std::bad_alloc(); }

int main() {
    std::vector<std::string> names;
    for (int i = 0; i < 1000; i++) names.push_back(std::string(100, 'a') + std::to_string(i));
    if (bitslab_usable_size(names.data()) < 1000 * sizeof(std::string)) return 1;
    if (names[999] != std::string(100, 'a') + "999") return 1;
    line *lines = new line[3];
    if (reinterpret_cast<std::size_t>(lines) % 64 != 0) return 1;
    delete[] lines;
    volatile std::size_t much = static_cast<std::size_t>(-1) / 2 - 4096;
    if (operator new(much, std::nothrow) != nullptr) return 1;
    std::set_new_handler(throwing);
    if (operator new(much, std::nothrow) != nullptr) return 1;
    try {
        operator delete(operator new(much));
        return 1;
    } catch (const std::bad_alloc &) {
        std::puts("operators overridden");
    }
    return 0;
}
