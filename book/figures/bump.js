/* bump.js -- figure 1: the pointer that moves. */
FIGURES.start("bump", function (ui) {
    "use strict";
    var node = FIGURES.node, hex = FIGURES.hex, heap, blocks, wanted = 24;

    function all() { return heap.call("next"); }

    function taken(at, size, how) {
        if (at === 0xffffffff) { ui.say(how + " = NULL: the region is used up."); return; }
        blocks.push({at: at, size: size, freed: false});
        var header = at - 16;
        ui.say(how + " = " + hex(at) + ". The header at " + hex(header) + " says " +
            heap.call("header_bytes", at) + "; next is now " + hex(all()) + ".");
    }
    function malloc(size) { taken(heap.call("take", size), size, "malloc(" + size + ")"); show(); }
    function aligned() {
        taken(heap.call("take_aligned", 64, wanted), wanted, "aligned_alloc(64, " + wanted + ")");
        show();
    }
    function last() { return blocks.filter(function (block) { return !block.freed; }).pop(); }
    function free() {
        var block = last();
        if (!block) { ui.say("There is no block to free."); return; }
        var before = all(), after = heap.call("give", block.at);
        block.freed = true;
        ui.say("free(" + hex(block.at) + "): next was " + hex(before) + " and is " + hex(after) +
            ". Nothing came back.");
        show();
    }
    function grow() {
        var block = last();
        if (!block) { ui.say("There is no block to resize."); return; }
        var size = block.size + 40, at = heap.call("resize", block.at, size);
        if (at === block.at) {
            block.size = size;
            ui.say("realloc(" + hex(at) + ", " + size + ") stays at " + hex(at) +
                (at + heap.call("header_bytes", at) === all() ? ": it is the last block, so its end can move." :
                    ": it still fits."));
        } else {
            block.freed = true;
            blocks.push({at: at, size: size, freed: false});
            ui.say("realloc(" + hex(block.at) + ", " + size + ") = " + hex(at) +
                ": something lies behind the block, so it was copied, and its old place is lost.");
        }
        show();
    }
    function reset() {
        if (heap) heap.release();
        heap = ui.load(1);
        blocks = [];
        malloc(24);
        malloc(1);
    }

    function cell(bytes, kind, text, title) {
        return node("div", {"class": "cell " + kind, style: "--bytes:" + bytes, title: title}, text);
    }
    function show() {
        var at = 0, strip = picture;
        strip.textContent = "";
        blocks.forEach(function (block) {
            var bytes = heap.call("header_bytes", block.at);
            var used = Math.min(block.size, bytes), pad = block.at - 16 - at;
            if (pad > 0) strip.append(cell(pad, "gap", "", pad + " bytes skipped for alignment"));
            var one = node("div", {"class": "block" + (block.freed ? " freed" : "")},
                node("span", {"class": "where"}, hex(block.at - 16)),
                cell(16, "header", String(bytes), "header: the block has " + bytes + " bytes"),
                cell(used, block.freed ? "lost" : "used", (block.freed ? "freed, " : "") + used,
                    used + " bytes asked for"));
            if (bytes > used) one.append(cell(bytes - used, "waste", "", (bytes - used) + " bytes of rounding"));
            strip.append(one);
            at = block.at + bytes;
        });
        strip.append(node("div", {"class": "pointer"}, node("span", {}, "next"),
            FIGURES.shown(heap, "next", 0, 0, hex)));
        var live = 0, lost = 0;
        blocks.forEach(function (block) { if (block.freed) lost += block.size; else live += block.size; });
        sums.textContent = "In use: " + FIGURES.commas(live) + " bytes of " + FIGURES.commas(all()) +
            " taken. Freed and never used again: " + FIGURES.commas(lost) + ".";
        strip.scrollTop = strip.scrollHeight;
    }

    ui.buttons(["malloc(24)", function () { wanted = 24; malloc(24); }],
        ["malloc(1)", function () { wanted = 1; malloc(1); }],
        ["malloc(100)", function () { wanted = 100; malloc(100); }],
        ["aligned to 64", aligned], ["realloc, 40 more", grow], ["free", free], ["start again", reset]);
    var picture = ui.panel("strip");
    picture.setAttribute("tabindex", "0");
    picture.setAttribute("role", "group");
    picture.setAttribute("aria-label", "The region, from its start to next");
    var sums = ui.panel("sums");
    reset();
});
