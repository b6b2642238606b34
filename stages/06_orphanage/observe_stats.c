/* observe_stats.c -- statistics as text and as JSON, from one look. */
#include "observe.h"

/* Where the mapped bytes are: the parts add up to mapped_bytes, since huge blocks are what is left. If
 * more than that was in motion during the look, the last parts are cut. */
struct parts {
    size_t live, waiting, wide, slots, tails, huge, cached, headers;
};

static size_t less(size_t *left, size_t bytes) {
    size_t part = bytes < *left ? bytes : *left;
    *left -= part;
    return part;
}

static struct parts parts_of(const struct look *look) {
    struct parts parts = {0};
    size_t live = 0, waiting = 0, left = look->mapped_bytes;
    for (unsigned i = 0; i < CLASS_COUNT; i++) {
        const struct bin_sums *class = &look->classes[i];
        live += sums_live(class) * size_classes[i].bin_bytes;
        waiting += (class->bins - sums_live(class)) * size_classes[i].bin_bytes;
    }
    size_t headers = look->superpages * SLAB_BYTES + look->heaps * heap_mapped_bytes();
    parts.live = less(&left, live);
    parts.waiting = less(&left, waiting + look->wide_waiting_slots * SLAB_BYTES);
    parts.wide = less(&left, look->wide_slots * SLAB_BYTES);
    parts.slots = less(&left, look->free_slots * SLAB_BYTES);
    parts.tails = less(&left, look->tail_bytes);
    parts.cached = less(&left, look->cached_bytes);
    parts.headers = less(&left, headers + look->registry_bytes);
    parts.huge = left;
    return parts;
}

static void tenths_of_percent(struct out *out, size_t part, size_t whole) {
    size_t tenths = whole == 0 ? 0 : (size_t)((double)part * 1000 / (double)whole + 0.5);
    out_padded(out, tenths / 10, 5);
    out_char(out, '.');
    out_char(out, (char)('0' + tenths % 10));
}

static void part_line(struct out *out, const char *name, size_t bytes, size_t whole) {
    out_text(out, name);
    out_padded(out, bytes, 16);
    tenths_of_percent(out, bytes, whole);
    out_text(out, " %\n");
}

static void parts_text(struct out *out, const struct look *look, const struct bitslab_stats *now) {
    struct parts parts = parts_of(look);
    size_t whole = look->mapped_bytes;
    part_line(out, "mapped              ", whole, whole);
    part_line(out, "  live bins         ", parts.live, whole);
    part_line(out, "  live wide blocks  ", parts.wide, whole);
    part_line(out, "  live huge blocks  ", parts.huge, whole);
    part_line(out, "  freed bins        ", parts.waiting, whole);
    part_line(out, "  free slots        ", parts.slots, whole);
    part_line(out, "  tails of slabs    ", parts.tails, whole);
    part_line(out, "  huge cache        ", parts.cached, whole);
    part_line(out, "  headers           ", parts.headers, whole);
    out_text(out, "peak                ");
    out_padded(out, now->mapped_peak_bytes, 16);
    out_text(out, "\nfree slots given back to the OS");
    out_padded(out, look->purged_slots * SLAB_BYTES, 5);
    out_text(out, "\n\n");
}

static void counts_text(struct out *out, const struct look *look, const struct bitslab_stats *now) {
    const struct {
        const char *name;
        size_t count;
    } counts[] = {
        {"superpages ", look->superpages},        {" (owned ", look->owned},
        {", orphaned ", look->orphaned},          {", pooled ", look->pooled},
        {"), adopted ", now->superpages_adopted}, {" times, purged ", now->superpages_purged},
        {" times\nheaps ", look->heaps},          {", threads ended ", now->threads_ended},
        {"; wide blocks ", look->wide_blocks},    {", huge blocks ", now->huge_blocks}};
    for (unsigned i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        out_text(out, counts[i].name);
        out_number(out, counts[i].count);
    }
    out_text(out, "\n\n");
}

static void classes_text(struct out *out, const struct look *look) {
    out_text(out, "class  bytes   slabs      bins      live      free   waiting   % live\n");
    for (unsigned i = 0; i < CLASS_COUNT; i++) {
        const struct bin_sums *class = &look->classes[i];
        if (class->slabs == 0) continue;
        out_padded(out, i, 5);
        out_padded(out, i == CLASS_ZERO ? 0 : size_classes[i].bin_bytes, 7);
        out_padded(out, class->slabs, 8);
        out_padded(out, class->bins, 10);
        out_padded(out, sums_live(class), 10);
        out_padded(out, class->free, 10);
        out_padded(out, class->remote + class->held, 10);
        out_text(out, "  ");
        tenths_of_percent(out, sums_live(class), class->bins);
        out_char(out, '\n');
    }
}

void stats_write_text(struct out *out) {
    struct look look;
    struct bitslab_stats now;
    look_around(&look);
    bitslab_stats(&now);
    out_text(out, "bitslab " BITSLAB_VERSION ", process ");
    out_number(out, observe_process());
    out_char(out, '\n');
    parts_text(out, &look, &now);
    counts_text(out, &look, &now);
    classes_text(out, &look);
}

static void member(struct out *out, const char *name, size_t value) {
    out_text(out, ",\n  \"");
    out_text(out, name);
    out_text(out, "\": ");
    out_number(out, value);
}

static void classes_json(struct out *out, const struct look *look) {
    const char *before = "\n";
    for (unsigned i = 0; i < CLASS_COUNT; i++) {
        const struct bin_sums *class = &look->classes[i];
        if (class->slabs == 0) continue;
        const size_t values[] = {i,
                                 i == CLASS_ZERO ? 0 : size_classes[i].bin_bytes,
                                 class->slabs,
                                 class->bins,
                                 sums_live(class),
                                 class->free,
                                 class->remote,
                                 class->held};
        static const char *const names[] = {"class", "bytes", "slabs",  "bins",
                                            "live",  "free",  "remote", "held"};
        out_text(out, before);
        before = ",\n";
        for (unsigned j = 0; j < sizeof values / sizeof values[0]; j++) {
            out_text(out, j == 0 ? "    {\"" : ", \"");
            out_text(out, names[j]);
            out_text(out, "\": ");
            out_number(out, values[j]);
        }
        out_char(out, '}');
    }
}

void stats_write_json(struct out *out) {
    struct look look;
    struct bitslab_stats now;
    look_around(&look);
    bitslab_stats(&now);
    struct parts parts = parts_of(&look);
    out_text(out, "{\n  \"bitslab\": \"" BITSLAB_VERSION "\"");
    member(out, "process", observe_process());
    member(out, "mapped_bytes", look.mapped_bytes);
    member(out, "mapped_peak_bytes", now.mapped_peak_bytes);
    member(out, "live_bin_bytes", parts.live);
    member(out, "live_wide_bytes", parts.wide);
    member(out, "live_huge_bytes", parts.huge);
    member(out, "freed_bytes", parts.waiting);
    member(out, "free_slot_bytes", parts.slots);
    member(out, "tail_bytes", parts.tails);
    member(out, "cached_bytes", parts.cached);
    member(out, "header_bytes", parts.headers);
    member(out, "purged_bytes", look.purged_slots * SLAB_BYTES);
    member(out, "superpages", look.superpages);
    member(out, "superpages_owned", look.owned);
    member(out, "superpages_orphaned", look.orphaned);
    member(out, "superpages_pooled", look.pooled);
    member(out, "superpages_adopted", now.superpages_adopted);
    member(out, "superpages_purged", now.superpages_purged);
    member(out, "heaps", look.heaps);
    member(out, "threads_ended", now.threads_ended);
    member(out, "wide_blocks", look.wide_blocks);
    member(out, "huge_blocks", now.huge_blocks);
    out_text(out, ",\n  \"classes\": [");
    classes_json(out, &look);
    out_text(out, "\n  ]\n}\n");
}

void bitslab_stats_print(enum bitslab_format format, bitslab_write *write, void *argument) {
    struct out out = {.write = write, .argument = argument};
    if (format == BITSLAB_JSON) stats_write_json(&out);
    else stats_write_text(&out);
    out_flush(&out);
}
