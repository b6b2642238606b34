/* misuse.c -- one message, written without allocating. */
#include "misuse.h"

#include "limit.h"
#include "line.h"
#include "os.h"
#include "registry.h"
#include "superpage.h"

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
    put_line(&line);
    error_reported(line.text);
    os_abort();
}

void misuse_free(const void *block, const char *what) { misuse("free", block, what); }
