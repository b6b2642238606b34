/* conformance.c -- whether an OS layer keeps the contract of os.h, seen from above it alone.
 *
 * Every port runs this same test: on its own OS, in an emulator, or compiled against a model of the
 * OS's calls (doubles/). It prints one line, and ends with status 0 if all is so.
 */
#include "conformance.h"

#define SMALLEST_SHIFT 12
#define LARGEST_SHIFT 21
#define ALIGN_SHIFT 21

unsigned long checks;
size_t page;

static const char *digits(uint64_t number, char *text) {
    char *at = text + 20;
    *at = '\0';
    do *--at = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    return at;
}

_Noreturn void not_so(const char *file, int line, const char *what, uint64_t value) {
    char text[21];
    world_print(file), world_print(":"), world_print(digits((uint64_t)line, text));
    world_print(": not so: "), world_print(what);
    world_print(" ("), world_print(digits(value, text)), world_print(")\n");
    world_exit(1);
}

size_t round_to_pages(size_t bytes) { return (bytes + page - 1) & ~(page - 1); }

static unsigned char at_offset(size_t at, unsigned seed) {
    return (unsigned char)((at >> 3 ^ at >> 12) * 7 + seed + 1) | 1; /* never 0 */
}

/* Of each 64 bytes the first, and the last of all. */
void fill(unsigned char *base, size_t bytes, unsigned seed) {
    for (size_t at = 0; at < bytes; at += 64) base[at] = at_offset(at, seed);
    base[bytes - 1] = at_offset(bytes - 1, seed);
}

bool filled(const unsigned char *base, size_t bytes, unsigned seed) {
    for (size_t at = 0; at < bytes; at += 64)
        if (base[at] != at_offset(at, seed)) return false;
    return bytes == 0 || base[bytes - 1] == at_offset(bytes - 1, seed);
}

bool zero(const unsigned char *base, size_t bytes) {
    for (size_t at = 0; at < bytes; at += sizeof(uint64_t))
        if (*(const uint64_t *)(base + at) != 0) return false;
    return true;
}

/* Part of something filled as a whole: at is its offset there. */
bool part_filled(const unsigned char *base, size_t at, size_t bytes, unsigned seed) {
    for (size_t i = at; i < at + bytes; i += 64)
        if (base[i] != at_offset(i, seed)) return false;
    return true;
}

unsigned char *map(size_t bytes, size_t align) {
    unsigned char *base = KEPT(os_map(bytes, align));
    MUST_KEEP_ERROR(os_map);
    if (base != NULL) MUST(((uintptr_t)base & ((align > page ? align : page) - 1)) == 0, align);
    return base;
}

void unmap(void *base, size_t bytes) {
    world_set_error(kept_error);
    os_unmap(base, bytes);
    MUST_KEEP_ERROR(os_unmap);
}

unsigned char *must_map(size_t bytes, size_t align) {
    unsigned char *base = map(bytes, align);
    MUST(base != NULL, bytes);
    return base;
}

static void maps_are_zero_aligned_and_go_back(size_t bytes, size_t align) {
    size_t before = world_mapped_bytes();
    unsigned char *base = must_map(bytes, align);
    MUST(zero(base, bytes), bytes);
    fill(base, bytes, 1);
    MUST(filled(base, bytes, 1), bytes);
    if (before != 0) MUST(world_mapped_bytes() == before + bytes, align);
    MUST(world_readable(base + bytes - 1) != UNREADABLE, bytes);
    unmap(base, bytes);
    MUST(world_mapped_bytes() == before, align);
    if (before != 0) MUST(world_readable(base) != READABLE, bytes);
}

static void hints_change_nothing(void) {
    unsigned char *base = must_map(4 * MIB, 2 * MIB);
    fill(base, 4 * MIB, 1);
    for (unsigned i = 0; i < 2; i++) {
        world_set_error(kept_error);
        os_hint_huge(base, 4 * MIB, i == 0);
        MUST_KEEP_ERROR(os_hint_huge);
    }
    MUST(filled(base, 4 * MIB, 1), page);
    unmap(base, 4 * MIB);
}

/* A page in between makes the next mapping start where it is not aligned. */
static void mappings_do_not_overlap(size_t bytes, size_t align) {
    enum { COUNT = 6 };
    unsigned char *bases[COUNT], *between[COUNT];
    size_t before = world_mapped_bytes();
    for (unsigned i = 0; i < COUNT; i++) {
        between[i] = must_map(page, page);
        bases[i] = must_map(bytes, align);
        MUST(zero(bases[i], bytes), i);
        fill(bases[i], bytes, i);
        fill(between[i], page, i + COUNT);
    }
    if (before != 0) MUST(world_mapped_bytes() == before + COUNT * (bytes + page), align);
    for (unsigned i = COUNT; i-- > 0;) {
        MUST(filled(bases[i], bytes, i), i);
        MUST(filled(between[i], page, i + COUNT), i);
        unmap(bases[i], bytes);
        unmap(between[i], page);
    }
    MUST(world_mapped_bytes() == before, align);
}

static void mappings(void) {
    for (unsigned size = SMALLEST_SHIFT; size <= LARGEST_SHIFT; size++)
        for (unsigned align = 0; align <= ALIGN_SHIFT; align++) {
            maps_are_zero_aligned_and_go_back(round_to_pages((size_t)1 << size),
                                              (size_t)1 << align);
            maps_are_zero_aligned_and_go_back(round_to_pages((size_t)1 << size) + page,
                                              (size_t)1 << align);
        }
    for (unsigned align = 0; align <= 25; align += 5) {
        mappings_do_not_overlap(page, (size_t)1 << align);
        mappings_do_not_overlap(round_to_pages(3 * MIB / 2) + page, (size_t)1 << align);
    }
    mappings_do_not_overlap(2 * MIB, 2 * MIB);
}

static void impossible_maps_leave_nothing(void) {
    const size_t most = (size_t)0 - page;
    const size_t sizes[] = {most, most - page, most - 2 * MIB, most - 4 * MIB, most - 16 * MIB};
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (unsigned align = 0; align <= ALIGN_SHIFT; align += 7) {
            size_t before = world_mapped_bytes();
            MUST(map(sizes[i], (size_t)1 << align) == NULL, sizes[i]);
            MUST(world_mapped_bytes() == before, sizes[i]);
        }
}

static void small_things(void) {
    page = os_page_bytes();
    MUST(page >= 4096 && (page & (page - 1)) == 0, page);
    MUST(KEPT(os_page_bytes()) == page, page);
    MUST_KEEP_ERROR(os_page_bytes);
    int memory = os_error_code(OS_NO_MEMORY), argument = os_error_code(OS_BAD_ARGUMENT);
    MUST(memory != 0 && argument != 0 && memory != argument, memory);
    os_set_error(OS_NO_MEMORY);
    MUST(world_error() == memory, memory);
    os_set_error(OS_BAD_ARGUMENT);
    MUST(world_error() == argument, argument);
    uint64_t first = KEPT(os_random());
    MUST_KEEP_ERROR(os_random);
    MUST(first != os_random() || first != os_random(), first);
    uint32_t start = KEPT(os_milliseconds());
    MUST_KEEP_ERROR(os_milliseconds);
    for (unsigned i = 0; i < 1000; i++) MUST(os_milliseconds() - start < 60000, i);
    const char *value = "";
    bool known = KEPT(os_environment("BITSLAB_NO_SUCH_NAME", &value));
    MUST_KEEP_ERROR(os_environment);
    MUST(!known || value == NULL, known);
    size_t length = world_open_stderr(false) ? 5 : 0; /* a message that cannot be written */
    world_set_error(kept_error);
    os_write("lost\n", length);
    int error = world_error();
    world_open_stderr(true);
    MUST(error == kept_error, error);
}

static void print_number(const char *before, uint64_t number) {
    char text[21];
    world_print(before), world_print(digits(number, text));
}

int main(void) {
    small_things();
    mappings();
    impossible_maps_leave_nothing();
    hints_change_nothing();
    purging();
    protecting();
    resizing();
    thread_exits();
    unsigned met = refusals();
    print_number("pages of ", page >> 10);
    print_number(" KiB, ", checks);
    print_number(" checks; purges zeroed/undefined/refused ", purged_as[OS_PURGE_ZEROED]);
    print_number("/", purged_as[OS_PURGE_UNDEFINED]), print_number("/", purged_as[OS_PURGE_FAILED]);
    print_number("; resized ", resized), print_number(", moved ", moved);
    if (met != 0) print_number("; calls refused ", met);
    world_print("\n");
    return 0;
}
