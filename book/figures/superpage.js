/* superpage.js -- figure 3: slots, what is in them, and the way from an address to its header. */
FIGURES.start("superpage", function (ui) {
    "use strict";
    var node = FIGURES.node, hex = FIGURES.hex, commas = FIGURES.commas, heap, blocks, bases, size = 5000;
    var SUPERPAGE = 2 * 1024 * 1024, SLOT = 65536, NONE = 0xffffffff;

    function base(at) { return at - at % SUPERPAGE; }
    function mine() { return blocks.filter(function (block) { return block.size === size; }); }
    function take(times) {
        var at = 0, i;
        for (i = 0; i < times; i++) {
            at = heap.call("take", size);
            if (at === NONE) break;
            blocks.push({at: at, size: size});
            if (bases.indexOf(base(at)) < 0) bases.push(base(at));
        }
        ui.say(at === NONE ? "malloc(" + commas(size) + ") = NULL: the figure's 64 MiB are used up." :
            "malloc(" + commas(size) + ")" + (times > 1 ? ", " + times + " times: the last one" : "") + " = " + hex(at) + ", in slot " +
            Math.floor(at % SUPERPAGE / SLOT) + ".");
        show(at === NONE ? undefined : at);
    }
    function give(block) {
        if (!block) { ui.say("There is no block of " + commas(size) + " bytes to free."); return; }
        heap.call("give", block.at);
        blocks.splice(blocks.indexOf(block), 1);
        ui.say("free(" + hex(block.at) + "): masks and shifts give the header at " + hex(heap.call("header", block.at)) + ".");
        show(block.at);
    }
    function giveAll() {
        var these = mine();
        these.forEach(function (block) {
            heap.call("give", block.at);
            blocks.splice(blocks.indexOf(block), 1);
        });
        ui.say(these.length ? "All " + commas(these.length) + " blocks of " + commas(size) +
            " bytes are free. Their slots can serve another size; one empty slab stays for its class." :
            "There is no block of " + commas(size) + " bytes to free.");
        show(these.length ? these[0].at : undefined);
    }
    function reset() {
        if (heap) heap.release();
        heap = ui.load(3);
        blocks = [];
        bases = [];
        take(1);
    }

    function kib(bytes) { return bytes < 1024 ? String(bytes) : +(bytes / 1024).toFixed(1) + " K"; }
    function cell(at, slot, taken, touched, chosen) {
        if (!taken) return node("div", {"class": "slot" + (touched >>> slot & 1 ? " idle" : ""),
            title: "slot " + slot + " is free" + (touched >>> slot & 1 ? ", and holds physical memory" : "")});
        var count = Math.max(1, heap.call("slots", at, slot)), bytes = heap.call("bin_bytes", at, slot);
        var all = heap.call("bins", at, slot), out = heap.call("used", at, slot);
        var one = node("div", {"class": "slot " + (bytes ? "bins" : "wide") + (chosen >= slot && chosen < slot + count ? " chosen" : ""),
            style: "grid-column: span " + count + "; --full:" + (bytes ? out / all : 1),
            title: "slot " + slot + ": " + (bytes ? out + " of " + all + " bins of " + commas(bytes) + " bytes are out" :
                "one block in " + count + " slots")}, node("b", {}, bytes ? kib(bytes) : "wide"));
        one.count = count;
        return one;
    }
    function draw(at, chosen) {
        var free = heap.call("free_slots", at), touched = heap.call("touched_slots", at), row = node("div", {"class": "slots"});
        row.append(node("div", {"class": "slot headers", title: "slot 0: a header for each of the other slots"}, node("b", {}, "0")));
        for (var slot = 1; slot < 32;) {
            var one = cell(at, slot, !(free >>> slot & 1), touched, chosen);
            row.append(one);
            slot += one.count || 1;
        }
        return node("div", {}, node("span", {"class": "where"}, "superpage " + hex(at)), row);
    }
    function anatomy(at) {
        var slot = Math.floor(at % SUPERPAGE / SLOT);
        address.append(FIGURES.labelled("address", hex(at)), FIGURES.labelled("superpage", hex(base(at))),
            FIGURES.labelled("slot", String(slot)), FIGURES.labelled("in the slot", hex(at % SLOT)),
            FIGURES.labelled("its header", FIGURES.shown(heap, "header", at, 0, hex)),
            FIGURES.labelled("the colour", String(heap.call("header", at) % SLOT >>> 12)));
    }
    function show(at) {
        if (at === undefined && blocks.length) at = blocks[blocks.length - 1].at;
        map.textContent = address.textContent = "";
        bases.sort(function (a, b) { return a - b; }).forEach(function (one) {
            map.append(draw(one, at !== undefined && base(at) === one ? Math.floor(at % SUPERPAGE / SLOT) : -1));
        });
        if (at !== undefined) anatomy(at);
        map.scrollTop = at === undefined ? 0 : bases.indexOf(base(at)) * 60 - 60;
    }

    ui.buttons(["malloc", function () { take(1); }], ["malloc, 20 times", function () { take(20); }],
        ["free the oldest", function () { give(mine()[0]); }], ["free the newest", function () { give(mine().pop()); }],
        ["free all of this size", giveAll], ["start again", reset]);
    ui.choice("bytes:", [16, 100, 1000, 5000, 20000, 40000, 100000, 262144, 300000, 1000000].map(function (n) { return [n, commas(n)]; }),
        function (value) { size = +value; take(1); }).value = "5000";
    var map = ui.panel("superpages"), address = ui.panel("numbers");
    map.setAttribute("tabindex", "0");
    map.setAttribute("role", "group");
    map.setAttribute("aria-label", "The superpages and their slots");
    reset();
});
