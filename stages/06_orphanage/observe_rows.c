/* observe_rows.c -- the rows of the heap's picture.
 *
 * A row for each superpage; its slots from left to right, slot 0 being metadata. A slab's colour tells
 * the size of its bins. Up to 64 cells in it, from left to right and from top to bottom, stand for its
 * bins, or for as many equal groups of them: the fuller, the stronger their colour. Neighbouring cells
 * that are equally full are drawn as one, so that a picture of a large heap stays small; beyond
 * CELLED_COUNT superpages a slab is a single cell.
 */
#include "observe_picture.h"

/* Classes whose bins are of about one size share a colour. */
unsigned picture_group(unsigned class) {
    return class == CLASS_ZERO ? 0 : class < 4 ? 0 : class < 8 ? 1 : class / 4;
}

void out_bytes(struct out *out, size_t bytes) {
    unsigned step = 0;
    size_t unit = 1;
    for (; bytes / unit >= 1024 && step < 4; step++) unit *= 1024;
    out_number(out, bytes / unit);
    if (step > 0 && bytes / unit < 10) {
        out_char(out, '.');
        out_number(out, bytes % unit * 10 / unit);
    }
    out_char(out, ' ');
    if (step == 0) out_text(out, "bytes");
    else out_char(out, " KMGT"[step]), out_text(out, "iB");
}

/* name="number" */
void picture_attribute(struct out *out, const char *name, size_t number) {
    out_char(out, ' ');
    out_text(out, name);
    out_text(out, "=\"");
    out_number(out, number);
    out_char(out, '"');
}

void picture_text(struct out *out, size_t x, size_t y, const char *class) {
    out_text(out, "<text");
    picture_attribute(out, "x", x);
    picture_attribute(out, "y", y);
    out_text(out, " class=\"");
    out_text(out, class);
    out_text(out, "\">");
}

void picture_rectangle(struct out *out, size_t x, size_t y, size_t width, size_t height) {
    out_text(out, "<rect");
    picture_attribute(out, "x", x);
    picture_attribute(out, "y", y);
    picture_attribute(out, "width", width);
    picture_attribute(out, "height", height);
}

/* The cells of a slab: how many, and how many there are in a row. */
struct grid {
    unsigned cells, columns, rows, width;
};

static UNSEEN struct grid grid_of(const struct slab *slab, unsigned slots, bool celled) {
    unsigned bins = slab->bin_count;
    unsigned width = slots * SLOT_WIDTH - GAP;
    unsigned cells = !celled || bins < 1 ? 1 : bins < WORD_BINS ? bins : WORD_BINS;
    unsigned rows = (cells + 7) / 8;
    return (struct grid){cells, (cells + rows - 1) / rows, rows, width};
}

/* How full a cell is. Bins from first on, `count` of them. */
static UNSEEN unsigned level_of(const struct slab *slab, unsigned first, unsigned count) {
    unsigned words = slab->words, live = 0;
    for (unsigned bin = first; bin < first + count; bin++) {
        unsigned word = bin / WORD_BINS;
        if (word >= words || words > SLAB_WORDS_MAX) continue; /* it has just changed */
        uint64_t away =
            free_map_of(slab, words)[word] | atom_load(&remote_map_of(slab, words)[word], relaxed);
        live += !(away >> bin % WORD_BINS & 1);
    }
    return live == 0 ? 0 : live == count ? LEVELS : 1 + (live * LEVELS - 1) / count * 3 / LEVELS;
}

/* The share part / whole of a length, to a tenth. */
static void out_share(struct out *out, unsigned length, unsigned part, unsigned whole) {
    unsigned tenths = length * 10 * part / whole;
    out_number(out, tenths / 10);
    if (tenths % 10 == 0) return;
    out_char(out, '.');
    out_number(out, tenths % 10);
}

/* Equally full cells side by side, as one subpath. */
static void run_of_cells(struct out *out, const struct grid *grid, unsigned cell, unsigned count) {
    unsigned column = cell % grid->columns, row = cell / grid->columns;
    out_char(out, 'M');
    out_share(out, grid->width, column, grid->columns);
    out_char(out, ' ');
    out_share(out, SLAB_HEIGHT, row, grid->rows);
    out_char(out, 'H');
    out_share(out, grid->width, column + count, grid->columns);
    out_char(out, 'V');
    out_share(out, SLAB_HEIGHT, row + 1, grid->rows);
    out_char(out, 'H');
    out_share(out, grid->width, column, grid->columns);
    out_char(out, 'z');
}

/* All cells of one level. */
static void cells_of_level(struct out *out, const struct grid *grid, const unsigned char *levels,
                           unsigned level) {
    bool any = false;
    for (unsigned cell = 0, count; cell < grid->cells; cell += count) {
        unsigned in_row = grid->columns - cell % grid->columns;
        for (count = 1; count < in_row && cell + count < grid->cells; count++)
            if (levels[cell + count] != levels[cell]) break;
        if (levels[cell] != level) continue;
        out_text(out, any ? "" : "<path class=\"l");
        if (!any) out_number(out, level), out_text(out, "\" d=\"");
        any = true;
        run_of_cells(out, grid, cell, count);
    }
    if (any) out_text(out, "\"/>");
}

static UNSEEN void slab_title(struct out *out, const struct slab *slab, unsigned class) {
    struct bin_sums sums = look_at_slab(slab);
    out_text(out, "<title>");
    out_number(out, class == CLASS_ZERO ? 0 : size_classes[class].bin_bytes);
    out_text(out, " bytes: ");
    out_number(out, sums_live(&sums));
    out_text(out, " of ");
    out_number(out, sums.bins);
    out_text(out, " bins out, ");
    out_number(out, sums.remote);
    out_text(out, " freed by others</title>");
}

static UNSEEN void slab_of_bins(struct out *out, const struct slab *slab, unsigned slots,
                                bool celled) {
    unsigned char levels[WORD_BINS];
    struct grid grid = grid_of(slab, slots, celled);
    unsigned class = slab->class < CLASS_COUNT ? slab->class : 0;
    unsigned bins = slab->bin_count;
    for (unsigned cell = 0; cell < grid.cells; cell++) {
        unsigned first = bins * cell / grid.cells;
        unsigned count = bins * (cell + 1) / grid.cells - first;
        levels[cell] = (unsigned char)level_of(slab, first, count);
    }
    out_text(out, " class=\"c");
    out_number(out, picture_group(class));
    out_text(out, "\">");
    slab_title(out, slab, class);
    picture_rectangle(out, 0, 0, grid.width, SLAB_HEIGHT);
    out_text(out, " rx=\"3\" class=\"l0\"/>");
    for (unsigned level = 1; level <= LEVELS; level++) cells_of_level(out, &grid, levels, level);
}

static UNSEEN void wide_block(struct out *out, const struct slab *slab, unsigned slots) {
    bool waits = slab_wide_waits(slab);
    out_text(out, " class=\"c13\"><title>");
    out_bytes(out, slots * SLAB_BYTES);
    out_text(out, waits ? ": one block, freed" : ": one block");
    out_text(out, "</title><rect");
    picture_attribute(out, "width", slots * SLOT_WIDTH - GAP);
    picture_attribute(out, "height", SLAB_HEIGHT);
    out_text(out, waits ? " class=\"l0\" rx=\"3\"/>" : " rx=\"3\"/>");
}

static void place(struct out *out, unsigned slot, size_t y) {
    out_text(out, "<g transform=\"translate(");
    out_number(out, LEFT + slot * SLOT_WIDTH);
    out_char(out, ' ');
    out_number(out, y);
    out_text(out, ")\"");
}

static UNSEEN void owner_label(struct out *out, struct heap *owner, size_t y) {
    unsigned number = 1;
    picture_text(out, LEFT - 14, y + 21,
                 owner == OWNER_POOL || owner == OWNER_NOBODY ? "r s" : "r");
    if (owner == OWNER_POOL) out_text(out, "pool");
    else if (owner == OWNER_NOBODY) out_text(out, "no owner");
    else {
        for (struct heap *heap = owner->made_before; heap != NULL; heap = heap->made_before)
            number++;
        out_text(out, "heap ");
        out_number(out, number);
    }
    out_text(out, "</text>");
}

UNSEEN void picture_row(struct out *out, struct superpage *superpage, size_t y, bool celled) {
    out_text(out, "<g><title>superpage 0x");
    out_hex(out, superpage_base((uintptr_t)superpage));
    out_text(out, "</title>");
    owner_label(out, atom_load(&superpage->owner, relaxed), y);
    picture_rectangle(out, LEFT, y, SLOT_WIDTH - GAP, SLAB_HEIGHT);
    out_text(out, " class=\"m\" rx=\"3\"/>");
    uint32_t touched = superpage->touched_slots;
    for (unsigned slot = 1, slots; slot < SLOT_COUNT; slot += slots) {
        const struct slab *slab = superpage_slab(superpage, slot);
        unsigned kind = slab->kind;
        slots = look_slots(slab, slot);
        if (kind != SLAB_BINS && kind != SLAB_WIDE) {
            picture_rectangle(out, LEFT + slot * SLOT_WIDTH, y, SLOT_WIDTH - GAP, SLAB_HEIGHT);
            out_text(out, touched & slot_bit(slot) ? " class=\"f\" rx=\"3\"/>"
                                                   : " class=\"p\" rx=\"3\"/>");
            continue;
        }
        place(out, slot, y);
        if (kind == SLAB_BINS) slab_of_bins(out, slab, slots, celled);
        else wide_block(out, slab, slots);
        out_text(out, "</g>\n");
    }
    out_text(out, "</g>\n");
}
