/* slab.js -- figure 2: a bit for each bin. */
FIGURES.start("slab", function (ui) {
    "use strict";
    var hex = FIGURES.hex, commas = FIGURES.commas, heap, blocks, size = 64;
    var NONE = 0xffffffff, SHOWN_WORDS = 2;

    function mine() { return blocks.filter(function (block) { return block.size === size; }); }
    function take(times) {
        var at = 0;
        for (var i = 0; i < times; i++) {
            at = heap.call("take", size);
            if (at === NONE) break;
            blocks.push({at: at, size: size});
        }
        if (at === NONE) ui.say("malloc(" + size + ") = NULL: the region is used up.");
        else ui.say("malloc(" + size + ")" + (times > 1 ? ", " + times + " times: the last one" : "") + " = " + hex(at) +
            ", bin " + bin(at) + " of its slab: the lowest set bit of the first word that has one. It is cleared.");
        show();
    }
    function bin(at) { return (at - heap.call("first_bin", at)) / heap.call("bin_bytes", at); }
    function give(block) {
        if (!block) { ui.say("There is no block of " + size + " bytes to free."); return; }
        var number = bin(block.at);
        heap.call("give", block.at);
        blocks.splice(blocks.indexOf(block), 1);
        ui.say("free(" + hex(block.at) + "): the mask gives the slab at " + hex(block.at - block.at % 65536) +
            ", the division bin " + number + ". Its bit is set, and it is the next to go out if no lower one is.");
        show(block.at);
    }
    function everyOther() {
        var these = mine();
        these.forEach(function (block, i) {
            if (i % 2) return;
            heap.call("give", block.at);
            blocks.splice(blocks.indexOf(block), 1);
        });
        ui.say(these.length ? "Every other block of " + size + " bytes is free again: holes that only requests of this class fill." :
            "There is no block of " + size + " bytes to free.");
        show(these.length ? these[0].at : undefined);
    }
    function reset() {
        if (heap) heap.release();
        heap = ui.load(2);
        blocks = [];
        take(6);
        give(blocks[3]);
        give(blocks[3]);
    }

    function show(at) {
        var these = mine();
        if (at === undefined) at = these.length ? these[these.length - 1].at : NONE;
        maps.textContent = numbers.textContent = "";
        if (at === NONE) return;
        var slab = at - at % 65536, first = heap.call("first_bin", at), bytes = heap.call("bin_bytes", at);
        var count = heap.call("bins", at), words = Math.ceil(count / 64), fresh = heap.call("used_bins", at);
        for (var word = 0; word < Math.min(words, SHOWN_WORDS); word++)
            maps.append(FIGURES.word("free[" + word + "]", heap.call("free_half", at, 2 * word),
                heap.call("free_half", at, 2 * word + 1), Math.min(64, count - 64 * word), function (i) {
                    return 64 * word + i >= fresh ? "never out" : "";
                }));
        if (words > SHOWN_WORDS)
            maps.append(FIGURES.node("p", {"class": "sums"}, "and " + commas(words - SHOWN_WORDS) + " more words of the map"));
        var live = these.filter(function (block) { return block.at - block.at % 65536 === slab; }).length;
        numbers.append(
            FIGURES.labelled("the slab", hex(slab)), FIGURES.labelled("its first bin", hex(first)),
            FIGURES.labelled("bytes of a bin", FIGURES.shown(heap, "bin_bytes", at)),
            FIGURES.labelled("bins", FIGURES.shown(heap, "bins", at)),
            FIGURES.labelled("out", FIGURES.shown(heap, "used", at)));
        sums.textContent = "Of each bin, a request of " + commas(size) + " bytes leaves " + commas(bytes - size) + " unused (" +
            Math.round((bytes - size) / bytes * 100) + " %); behind the last bin, the slab leaves " +
            commas(65536 - first % 65536 - count * bytes) + " bytes. The " + commas(live) + " blocks that you have here would fill " +
            commas(live * size) + " bytes and take " + commas(live * bytes) + ".";
    }

    ui.buttons(["malloc", function () { take(1); }], ["malloc, 30 times", function () { take(30); }],
        ["free the oldest", function () { give(mine()[0]); }], ["free the newest", function () { give(mine().pop()); }],
        ["free every other", everyOther], ["start again", reset]);
    ui.choice("bytes:", [1, 16, 20, 48, 64, 65, 100, 200, 1000, 1025, 5000, 20000].map(function (n) { return [n, commas(n)]; }),
        function (value) { size = +value; take(1); }).value = "64";
    var maps = ui.panel("words"), numbers = ui.panel("numbers"), sums = ui.panel("sums");
    reset();
});
