// cxx.cc -- uses all twenty operators new and delete, and lets memory run out.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <memory>
#include <new>
#include <string>
#include <vector>

#define DEMAND(condition)                                                          \
    do {                                                                           \
        if (!(condition)) {                                                        \
            std::fprintf(stderr, "line %d: not true: %s\n", __LINE__, #condition); \
            std::exit(1);                                                          \
        }                                                                          \
    } while (0)

static const std::size_t sizes[] = {0, 1, 8, 24, 100, 1000, 5000, 70000, 300000, 3000000};
static const std::size_t aligns[] = {1, 16, 32, 64, 256, 4096, 65536, 2097152};
static const std::size_t too_much = SIZE_MAX / 2;

static void *filled(void *block, std::size_t size, std::size_t align) {
    DEMAND(block != nullptr);
    DEMAND(reinterpret_cast<std::uintptr_t>(block) % align == 0);
    std::memset(block, 0x5a, size);
    return block;
}

static void plain_and_sized() {
    for (std::size_t size : sizes) {
        operator delete(filled(operator new(size), size, 16));
        operator delete[](filled(operator new[](size), size, 16));
        operator delete(filled(operator new(size), size, 16), size);
        operator delete[](filled(operator new[](size), size, 16), size);
        operator delete(filled(operator new(size, std::nothrow), size, 16), std::nothrow);
        operator delete[](filled(operator new[](size, std::nothrow), size, 16), std::nothrow);
    }
    operator delete(nullptr);
    operator delete[](nullptr);
    operator delete(nullptr, std::size_t(8));
    operator delete[](nullptr, std::size_t(8));
}

static void aligned() {
    for (std::size_t size : sizes) {
        for (std::size_t a : aligns) {
            std::align_val_t align{a};
            operator delete(filled(operator new(size, align), size, a), align);
            operator delete[](filled(operator new[](size, align), size, a), align);
            operator delete(filled(operator new(size, align), size, a), size, align);
            operator delete[](filled(operator new[](size, align), size, a), size, align);
            operator delete(filled(operator new(size, align, std::nothrow), size, a), align,
                            std::nothrow);
            operator delete[](filled(operator new[](size, align, std::nothrow), size, a), align,
                              std::nothrow);
        }
    }
}

template <typename Call> static bool throws(Call call) {
    try {
        call();
    } catch (const std::bad_alloc &) {
        return true;
    }
    return false;
}

static int handled;

static void memory_runs_out() {
    std::align_val_t align{64};
    volatile std::size_t huge = too_much; // the compiler must not see that it cannot succeed
    DEMAND(throws([&] { operator delete(operator new(huge)); }));
    DEMAND(throws([&] { operator delete[](operator new[](huge)); }));
    DEMAND(throws([&] { operator delete(operator new(huge, align), align); }));
    DEMAND(throws([&] { operator delete[](operator new[](huge, align), align); }));
    DEMAND(operator new(huge, std::nothrow) == nullptr);
    DEMAND(operator new[](huge, std::nothrow) == nullptr);
    DEMAND(operator new(huge, align, std::nothrow) == nullptr);
    DEMAND(operator new[](huge, align, std::nothrow) == nullptr);

    // The handler is called until it gives up by removing itself, or throws.
    std::new_handler three_times = [] {
        if (++handled == 3) std::set_new_handler(nullptr);
    };
    handled = 0;
    std::set_new_handler(three_times);
    DEMAND(throws([&] { operator delete(operator new(huge)); }));
    DEMAND(handled == 3);
    handled = 0;
    std::set_new_handler(three_times);
    DEMAND(throws([&] { operator delete[](operator new[](huge, align), align); }));
    DEMAND(handled == 3);
    handled = 0;
    std::set_new_handler(three_times);
    DEMAND(operator new(huge, std::nothrow) == nullptr);
    DEMAND(handled == 3);
    std::set_new_handler([] {
        handled++;
        throw std::bad_alloc();
    });
    handled = 0;
    DEMAND(throws([&] { operator delete(operator new(huge)); }));
    DEMAND(handled == 1);
    std::set_new_handler(nullptr);
}

// What the handler throws must end in null if the operator is a nothrow one.
static int throwing_handler() {
    volatile std::size_t huge = too_much;
    std::align_val_t align{64};
    std::set_new_handler([] { throw std::bad_alloc(); });
    DEMAND(operator new(huge, std::nothrow) == nullptr);
    DEMAND(operator new[](huge, std::nothrow) == nullptr);
    DEMAND(operator new(huge, align, std::nothrow) == nullptr);
    DEMAND(operator new[](huge, align, std::nothrow) == nullptr);
    return 0;
}

struct alignas(128) Wide {
    char bytes[200] = {};
};

static void as_programs_do() {
    std::vector<std::string> words;
    for (int i = 0; i < 20000; i++) words.push_back(std::string(i % 100, 'x') + std::to_string(i));
    for (int i = 0; i < 20000; i++) DEMAND(words[i].size() >= std::size_t(i % 100));
    for (int i = 0; i < 100; i++) {
        auto one = std::make_unique<Wide>();
        std::unique_ptr<Wide[]> many(new Wide[7]);
        DEMAND(reinterpret_cast<std::uintptr_t>(one.get()) % 128 == 0);
        DEMAND(reinterpret_cast<std::uintptr_t>(many.get()) % 128 == 0);
    }
}

// With a word, the name of the file that must define operator new: as it stands in the program.
int main(int count, char **words) {
    Dl_info info;
    if (count > 1 && std::strcmp(words[1], "throw") == 0) return throwing_handler();
    if (count > 1) {
        void *(*plain)(std::size_t) = &operator new;
        DEMAND(dladdr(reinterpret_cast<void *>(plain), &info) != 0);
        if (std::strstr(info.dli_fname, words[1]) == nullptr) {
            std::fprintf(stderr, "operator new comes from %s\n", info.dli_fname);
            return 1;
        }
    }
    plain_and_sized();
    aligned();
    memory_runs_out();
    as_programs_do();
    return 0;
}
