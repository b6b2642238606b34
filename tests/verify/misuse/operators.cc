// operators.cc -- C++: blocks that are deleted as what they are not.
//
// Allocators learn of it through the size that delete passes, or by a pointer that is off by the
// count that new[] stores before its elements.
#include <new>
#include <string>

#include "misuse.h"

namespace {

struct nine_words {
    size_t words[9];
};

struct four_words {
    size_t words[4];
};

template <typename wanted> wanted *as(void *block) { return reinterpret_cast<wanted *>(block); }

template <typename other> void char_deleted_as(const misuse *self, size_t) {
    delete as<other>(hidden(new char));
    got_by(self);
}

void char_deleted_as_array(const misuse *self, size_t) {
    delete[] hidden(new char);
    got_by(self);
}

void array_deleted_as_char(const misuse *self, size_t size) {
    delete hidden(new char[size]);
    got_by(self);
}

void string_deleted_as_array(const misuse *self, size_t) {
    delete[] as<std::string>(hidden(new std::string));
    got_by(self);
}

void array_deleted_as_string(const misuse *self, size_t size) {
    delete as<std::string>(hidden(new std::string[size]));
    got_by(self);
}

struct alignas(64) line {
    char bytes[24];
};

struct alignas(8192) pages {
    char bytes[9000];
};

template <typename type> void aligned_delete(const misuse *self, size_t) {
    type *object = as<type>(hidden(new type));
    size_t told = sizeof(type) + static_cast<size_t>(self->by);
    operator delete(object, told, std::align_val_t(alignof(type)));
    if (self->want == NOTICED) got_by(self);
}

} // namespace

const misuse operators[] = {
    ONCE_CASE("char deleted as 72 bytes", "delete_type_size_mismatch", char_deleted_as<nine_words>,
              0),
    ONCE_CASE("char deleted as an array", "invalid_array_delete_char", char_deleted_as_array, 0),
    ONCE_CASE("array of char deleted as one", "invalid_delete_array_char", array_deleted_as_char,
              0),
    ONCE_CASE("string deleted as an array", "invalid_array_delete_string", string_deleted_as_array,
              0),
    ONCE_CASE("array of strings deleted as one", "invalid_delete_array_string",
              array_deleted_as_string, 0),
    {},
};

const misuse hardened_operators[] = {
    HARDENED_CASE("char deleted as 32 bytes", "delete_type_size_mismatch",
                  char_deleted_as<four_words>, 0, 0),
    HARDENED_CASE("64 aligned bytes deleted as 128", "invalid_aligned_sized_delete_small",
                  aligned_delete<line>, 64, 0),
    HARDENED_CASE("16384 aligned bytes deleted as 16374", "invalid_aligned_sized_delete_large",
                  aligned_delete<pages>, -10, 0),
    HARDENED_PROMISE("64 aligned bytes deleted", "aligned_sized_delete_small", aligned_delete<line>,
                     0, 0),
    HARDENED_PROMISE("16384 aligned bytes deleted", "aligned_sized_delete_large",
                     aligned_delete<pages>, 0, 0),
    {},
};
