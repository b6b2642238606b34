/* misuse.c -- one message, written without allocating. */
#include "misuse.h"

#include "os.h"
#include "registry.h"
#include "superpage.h"

struct line {
    char text[256];
    size_t length;
};

static void put_char(struct line *line, char c) {
    if (line->length < sizeof line->text) line->text[line->length++] = c;
}

static void put_text(struct line *line, const char *text) {
    while (*text != '\0') put_char(line, *text++);
}

static void put_number(struct line *line, uintptr_t number, unsigned base) {
    char digits[2 * sizeof number + 4];
    unsigned count = 0;
    do {
        digits[count++] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    while (count > 0) put_char(line, digits[--count]);
}

/* What lies at the address, as far as its headers tell. */
static void put_place(struct line *line, uintptr_t address) {
    if (!registry_has(address) || slot_of(address) == 0) return;
    const struct slab *slab = superpage_slab(superpage_of(address), 1);
    if (!BITSLAB_GUARD_PAGES || slab->kind != SLAB_HUGE) slab = slab_of(address);
    put_text(line, " (");
    switch ((enum slab_kind)slab->kind) {
    case SLAB_FREE: put_text(line, "no slab"); break;
    case SLAB_BINS:
        put_text(line, "slab of ");
        put_number(line, slab->bin_bytes, 10);
        put_text(line, "-byte bins, class ");
        put_number(line, slab->class, 10);
        break;
    case SLAB_WIDE: put_text(line, "slab-wide block"); break;
    case SLAB_HUGE: put_text(line, "huge block"); break;
    }
    put_text(line, ")");
}

_Noreturn void misuse(const char *function, const void *block, const char *what) {
    struct line line = {.length = 0};
    put_text(&line, "bitslab: ");
    put_text(&line, function);
    put_text(&line, "(0x");
    put_number(&line, (uintptr_t)block, 16);
    put_text(&line, "): ");
    put_text(&line, what);
    put_place(&line, (uintptr_t)block);
    put_char(&line, '\n');
    os_write(line.text, line.length);
    os_abort();
}

void misuse_free(const void *block, const char *what) { misuse("free", block, what); }
