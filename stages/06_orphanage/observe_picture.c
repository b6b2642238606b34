/* observe_picture.c -- the heap as SVG: head, legend, and a row for each superpage. */
#include "observe_picture.h"

#define WIDTH (LEFT + SLOT_COUNT * SLOT_WIDTH + 24)

/* .c0 to .c13 are the colours, .l0 to .l3 make them weaker; .f is a free slot, .p one that takes no
 * memory, .m metadata. */
static const char style[] =
    "<style>"
    "svg{font:12px system-ui,'DejaVu Sans',sans-serif;fill:#26231f}.g{fill:#fbfaf7}"
    ".h{font-size:20px;font-weight:600}.s{fill:#6b665f}.r{text-anchor:end}.n{text-anchor:middle;"
    "font-size:10px}"
    ".f{fill:#efece5}.p{fill:none;stroke:#d9d4ca;stroke-dasharray:2 3}.m{fill:#8b857b}"
    ".l0{fill-opacity:.14}.l1{fill-opacity:.36}.l2{fill-opacity:.56}.l3{fill-opacity:.76}"
    ".c0{fill:#2459b8}.c1{fill:#1579c2}.c2{fill:#0a94b5}.c3{fill:#079c91}.c4{fill:#15995f}"
    ".c5{fill:#4f9a2c}.c6{fill:#8a940f}.c7{fill:#b98a07}.c8{fill:#d9760f}.c9{fill:#dc5724}"
    ".c10{fill:#d23c45}.c11{fill:#bf3371}.c12{fill:#97399c}.c13{fill:#5f4bb0}"
    "@media(prefers-color-scheme:dark){svg{fill:#e9e5dd}.g{fill:#191816}.s{fill:#a39d93}"
    ".f{fill:#2a2825}.p{stroke:#403d38}.m{fill:#7c766c}"
    ".l0{fill-opacity:.22}.l1{fill-opacity:.46}.l2{fill-opacity:.66}.l3{fill-opacity:.84}"
    ".c0{fill:#6f9bf0}.c1{fill:#4fb0f2}.c2{fill:#3cc7e6}.c3{fill:#35cfc2}.c4{fill:#4bd193}"
    ".c5{fill:#8bd35f}.c6{fill:#c5cd47}.c7{fill:#eec043}.c8{fill:#f9a549}.c9{fill:#fb8a5c}"
    ".c10{fill:#f9747c}.c11{fill:#ee70a8}.c12{fill:#cf7fd6}.c13{fill:#a28ff0}}"
    "</style>\n";

static void out_head(struct out *out, size_t rows) {
    size_t height = TOP + rows * ROW_HEIGHT + 30;
    out_text(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"t d\"");
    picture_attribute(out, "width", WIDTH);
    picture_attribute(out, "height", height);
    out_text(out, " viewBox=\"0 0 ");
    out_number(out, WIDTH);
    out_char(out, ' ');
    out_number(out, height);
    out_text(out, "\">\n<title id=\"t\">The heap of process ");
    out_number(out, observe_process());
    out_text(out, "</title>\n");
    out_text(out, style);
    out_text(out, "<rect width=\"100%\" height=\"100%\" class=\"g\"/>\n");
}

static void out_summary(struct out *out, const struct look *look, const struct bitslab_stats *now) {
    size_t live = 0, bytes = 0;
    for (unsigned i = 0; i < CLASS_COUNT; i++) {
        live += sums_live(&look->classes[i]);
        bytes += sums_live(&look->classes[i]) * size_classes[i].bin_bytes;
    }
    out_bytes(out, look->mapped_bytes);
    out_text(out, " mapped. Superpages of 2 MiB: ");
    out_number(out, look->superpages);
    out_text(out, "; bins out: ");
    out_number(out, live);
    out_text(out, " (");
    out_bytes(out, bytes);
    out_text(out, "); wide blocks: ");
    out_number(out, look->wide_blocks);
    out_text(out, " (");
    out_bytes(out, look->wide_slots * SLAB_BYTES);
    out_text(out, "); huge blocks, not drawn: ");
    out_number(out, now->huge_blocks);
    out_char(out, '.');
}

/* The colours, each with the sizes of the bins that have it. */
static void legend_of_sizes(struct out *out) {
    static const char *const names[GROUP_COUNT] = {"64",  "128",  "256",  "512", "1K",
                                                   "2K",  "4K",   "8K",   "16K", "32K",
                                                   "64K", "128K", "256K", "more"};
    picture_text(out, 24, 92, "s");
    out_text(out, "Bytes of a bin, up to</text>");
    for (unsigned i = 0; i < GROUP_COUNT; i++) {
        size_t x = LEFT + 2 * SLOT_WIDTH + i * 2 * SLOT_WIDTH;
        picture_rectangle(out, x, 80, 16, 16);
        out_text(out, " rx=\"3\" class=\"c");
        out_number(out, i);
        out_text(out, "\"/>");
        picture_text(out, x + 21, 92, "");
        out_text(out, names[i]);
        out_text(out, "</text>\n");
    }
}

/* How full, and slots without a slab. */
static void legend_of_fill(struct out *out) {
    static const char *const names[] = {"no bin out", "a few", "about half", "most",
                                        "all bins out"};
    size_t x = LEFT + 2 * SLOT_WIDTH;
    picture_text(out, 24, 124, "s");
    out_text(out, "Cells of a slab</text>");
    for (unsigned i = 0; i <= LEVELS; i++, x += 3 * SLOT_WIDTH) {
        picture_rectangle(out, x, 112, 16, 16);
        out_text(out, " rx=\"3\" class=\"c2 l");
        out_number(out, i);
        out_text(out, "\"/>");
        picture_text(out, x + 21, 124, "");
        out_text(out, names[i]);
        out_text(out, "</text>\n");
    }
    static const char *const slots[][2] = {
        {"m", "metadata"}, {"f", "free slot"}, {"p", "free slot without memory"}};
    for (unsigned i = 0; i < 3; i++, x += 3 * SLOT_WIDTH) {
        picture_rectangle(out, x, 112, 16, 16);
        out_text(out, " rx=\"3\" class=\"");
        out_text(out, slots[i][0]);
        out_text(out, "\"/>");
        picture_text(out, x + 21, 124, "");
        out_text(out, slots[i][1]);
        out_text(out, "</text>\n");
    }
}

/* The oldest superpage comes first, although the newest is found first. */
static void out_rows(struct out *out, size_t count) {
    size_t skipped = count > ROWS_MAX ? count - ROWS_MAX : 0;
    size_t row = count;
    for (struct superpage *superpage = superpage_newest(); superpage != NULL && row > skipped;
         superpage = superpage->made_before) {
        row--;
        picture_row(out, superpage, TOP + (row - skipped) * ROW_HEIGHT, count <= CELLED_COUNT);
    }
    for (unsigned slot = 0; slot < SLOT_COUNT; slot += slot == 0 ? 1 : slot == 1 ? 3 : 4) {
        picture_text(out, LEFT + slot * SLOT_WIDTH + (SLOT_WIDTH - GAP) / 2, TOP - 8, "n s");
        out_number(out, slot);
        out_text(out, "</text>");
    }
    if (skipped == 0) return;
    picture_text(out, LEFT, TOP + ROWS_MAX * ROW_HEIGHT + 16, "s");
    out_number(out, skipped);
    out_text(out, " older superpages are not drawn</text>");
}

void picture_write(struct out *out) {
    struct look look;
    struct bitslab_stats now;
    look_around(&look);
    bitslab_stats(&now);
    out_head(out, look.superpages < ROWS_MAX ? look.superpages : ROWS_MAX);
    out_text(out, "<desc id=\"d\">");
    out_summary(out, &look, &now);
    out_text(out, "</desc>\n");
    picture_text(out, 24, 36, "h");
    out_text(out, "The heap of process ");
    out_number(out, observe_process());
    out_text(out, "</text>");
    picture_text(out, 24, 60, "s");
    out_summary(out, &look, &now);
    out_text(out, "</text>\n");
    legend_of_sizes(out);
    legend_of_fill(out);
    out_rows(out, look.superpages);
    out_text(out, "</svg>\n");
}

void bitslab_heap_picture(bitslab_write *write, void *argument) {
    struct out out = {.write = write, .argument = argument};
    picture_write(&out);
    out_flush(&out);
}
