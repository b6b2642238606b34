/* heaps.js -- figure 4: two threads, and for one size each thread's magazine, cursor and free map. */
FIGURES.start("heaps", function (ui) {
    "use strict";
    var node = FIGURES.node, hex = FIGURES.hex, commas = FIGURES.commas, heap, blocks, size = 64, lost;
    var NAMES = ["A", "B"], NONE = 0xffffffff;

    function of(thread) {
        return blocks.filter(function (block) { return block.thread === thread && block.size === size && !block.gone; });
    }
    function has(thread) { return heap.call("choose", thread, size); }
    function source(thread) {
        if (!has(thread)) return "a new heap's first refill: a whole word of a new slab's free map became the cursor";
        if (heap.call("magazine")) return "the magazine: it came back last";
        if (heap.call("cursor_half", 0) || heap.call("cursor_half", 1)) return "the cursor: its lowest set bit";
        return "a refill: the next word of a free map became the cursor";
    }
    function take(thread, times) {
        var from, at;
        for (var i = 0; i < times; i++) {
            from = source(thread);
            at = heap.call("take", thread, size);
            if (at === NONE) break;
            blocks.push({at: at, size: size, thread: thread});
        }
        ui.say(at === NONE ? "malloc = NULL: the figure's 64 MiB are used up." :
            "Thread " + NAMES[thread] + ": malloc(" + size + ") = " + hex(at) + ", from " + from + ".");
        show();
    }
    function give(thread, block, whose) {
        if (!block) { ui.say("There is no block of " + commas(size) + " bytes for thread " + NAMES[thread] + " to free."); return; }
        has(thread);
        var before = heap.call("magazine"), full = before === heap.call("magazine_limit");
        heap.call("give", thread, block.at);
        block.gone = true;
        if (whose !== thread) {
            lost++;
            ui.say("Thread " + NAMES[thread] + " frees " + hex(block.at) + ", a block of thread " + NAMES[whose] +
                "'s. It may not touch the slab of another, so the bin is set aside: no malloc will ever return it.");
        } else if (full) {
            ui.say("free(" + hex(block.at) + "): the magazine is full, so the bin's bit is set in its slab's free map.");
        } else {
            ui.say("free(" + hex(block.at) + "): pushed onto the magazine. The free map does not know of it.");
        }
        show();
    }
    function reset() {
        if (heap) heap.release();
        heap = ui.load(4);
        blocks = [];
        lost = 0;
        take(0, 3);
        take(1, 2);
        ui.say("Thread A has allocated three blocks of " + size + " bytes, thread B two. Each has a heap, and superpages, of its own.");
    }

    function shelf(thread) {
        var count = heap.call("magazine"), limit = heap.call("magazine_limit"), row = node("div", {"class": "shelf"});
        for (var i = count; i-- > Math.max(0, count - 8);)
            row.append(node("span", {"class": "bin"}, "bin " + heap.call("bin_of", heap.call("magazine_bin", i))));
        if (count > 8) row.append(node("span", {}, "and " + (count - 8) + " more"));
        if (count === 0) row.append(node("span", {}, "empty"));
        return node("div", {"class": "word"}, node("span", {}, "magazine"),
            node("output", {}, count + " of " + limit), row);
    }
    function panel(thread) {
        var box = node("div", {"class": "thread"}, node("strong", {}, "Thread " + NAMES[thread]));
        var buttons = node("div", {"class": "buttons"});
        [["malloc", function () { take(thread, 1); }], ["malloc, 10 times", function () { take(thread, 10); }],
            ["free the newest", function () { give(thread, of(thread).pop(), thread); }],
            ["free the oldest", function () { give(thread, of(thread)[0], thread); }],
            ["free one of " + NAMES[1 - thread] + "'s", function () { give(thread, of(1 - thread)[0], 1 - thread); }]
        ].forEach(function (one) {
            var button = node("button", {type: "button"}, one[0]);
            button.addEventListener("click", one[1]);
            buttons.append(button);
        });
        box.append(buttons, node("div", {"class": "words"}));
        return box;
    }
    function show() {
        [0, 1].forEach(function (thread) {
            var into = boxes[thread].lastChild, has_heap = has(thread), live = of(thread);
            into.textContent = "";
            if (!has_heap) { into.append(node("p", {}, "has no heap yet")); return; }
            into.append(shelf(thread), FIGURES.word("cursor", heap.call("cursor_half", 0), heap.call("cursor_half", 1), 64));
            if (live.length) {
                var last = live[live.length - 1].at, word = Math.floor(heap.call("bin_of", last) / 64);
                into.append(FIGURES.word("free[" + word + "] of the slab of " + hex(last), heap.call("free_half", last, 2 * word),
                    heap.call("free_half", last, 2 * word + 1), 64));
            }
        });
        sums.textContent = "A filled cell is a cleared bit: the bin is out, or waits above. Blocks in use: A " + of(0).length + ", B " +
            of(1).length + " of " + commas(size) + " bytes. Lost to frees by the other thread: " + lost + ".";
    }

    ui.buttons(["start again", reset]);
    ui.choice("bytes:", [16, 64, 200, 1000, 5000].map(function (n) { return [n, commas(n)]; }),
        function (value) { size = +value; take(0, 1); }).value = "64";
    var both = ui.panel("threads"), boxes = [panel(0), panel(1)];
    both.append(boxes[0], boxes[1]);
    var sums = ui.panel("sums");
    reset();
});
