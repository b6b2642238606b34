/* orphanage.js -- figure 6: threads end, and their superpages find other owners. */
FIGURES.start("orphanage", function (ui) {
    "use strict";
    var node = FIGURES.node, hex = FIGURES.hex, commas = FIGURES.commas, heap, blocks, bases, ended;
    var NAMES = ["A", "B", "C"], SIZE = 4000, TIMES = 100, SUPERPAGE = 2 * 1024 * 1024, NONE = 0xffffffff;
    var OWNERS = {0: "the pool", 1: "nobody", 2: "A", 3: "B", 4: "C", 9: "another heap"};

    function of(thread) { return blocks.filter(function (block) { return block.thread === thread; }); }
    function remember() {
        return bases.map(function (base) { return heap.call("owner", base); });
    }
    function changes(before) {
        return bases.map(function (base, i) {
            var now = heap.call("owner", base);
            if (before[i] === undefined || before[i] === now) return "";
            return " " + hex(base) + " was " + (before[i] < 2 ? "" : "owned by ") + OWNERS[before[i]] + (before[i] < 2 ? "'s" : "") +
                " and is now " + (now < 2 ? OWNERS[now] + "'s" : "owned by " + OWNERS[now]) + ".";
        }).join("");
    }
    function take(thread) {
        var before = remember(), at, known = bases.length;
        for (var i = 0; i < TIMES; i++) {
            at = heap.call("take", thread, SIZE);
            if (at === NONE) break;
            blocks.push({at: at, thread: thread});
            if (bases.indexOf(at - at % SUPERPAGE) < 0) bases.push(at - at % SUPERPAGE);
        }
        ended[thread] = false;
        ui.say("Thread " + NAMES[thread] + " allocates " + i + " blocks of " + commas(SIZE) + " bytes." +
            (bases.length > known ? " " + (bases.length - known) + " new from the OS." : "") + changes(before));
        show();
    }
    function give(thread, whose, times) {
        var these = of(whose).slice(0, times), before = remember();
        if (!these.length) { ui.say("Thread " + NAMES[whose] + " has no block to free."); return; }
        these.forEach(function (block) {
            heap.call("give", thread, block.at);
            blocks.splice(blocks.indexOf(block), 1);
        });
        ended[thread] = false;
        ui.say("Thread " + NAMES[thread] + " frees " + these.length + " of " + (whose === thread ? "its own" : NAMES[whose] + "'s") +
            " blocks." + changes(before));
        show();
    }
    function end(thread) {
        var before = remember();
        heap.call("end", thread);
        ended[thread] = true;
        ui.say("Thread " + NAMES[thread] + " ends; " + of(thread).length + " of its blocks are still in use." + changes(before));
        show();
    }
    function reset() {
        if (heap) heap.release();
        heap = ui.load(6);
        blocks = [];
        bases = [];
        ended = [false, false, false];
        take(0);
        ui.say("Thread A has allocated 100 blocks. Let B free some of them, then let A end.");
    }

    function slot(base, number) {
        var bins = heap.call("bins", base, number), used = heap.call("used", base, number), remote = heap.call("remote", base, number);
        var told = heap.call("notice", base) >>> number & 1;
        return node("div", {"class": "slot bins" + (told ? " chosen" : ""), style: "--full:" + (bins ? used / bins : 0),
            title: "slot " + number + ": " + used + " of " + bins + " bins are out or cached" +
                (remote ? ", " + remote + " freed by others" : "") + (told ? ", announced in the notice" : "")},
            node("b", {}, remote ? "+" + remote : ""));
    }
    function draw(base) {
        var free = heap.call("free_slots", base), row = node("div", {"class": "slots"}), owner = heap.call("owner", base);
        row.append(node("div", {"class": "slot headers"}, node("b", {}, "0")));
        for (var number = 1; number < 32; number++)
            row.append(free >>> number & 1 ? node("div", {"class": "slot", title: "slot " + number + " is free"}) : slot(base, number));
        return node("div", {}, node("span", {"class": "where"}, "superpage " + hex(base) + ": "),
            node("strong", {"class": "owner owner" + owner}, owner === 0 ? "in the pool" : owner === 1 ? "nobody's" :
                owner === 9 ? "another heap's" : "owned by " + OWNERS[owner]),
            node("span", {"class": "where"}, (heap.call("offered", base) ? ", on the orphanage's stack" : "") +
                (heap.call("notice", base) ? ", notice 0x" + heap.call("notice", base).toString(16) : "")), row);
    }
    function show() {
        map.textContent = "";
        bases.sort(function (a, b) { return a - b; }).forEach(function (base) { map.append(draw(base)); });
        boxes.forEach(function (box, thread) {
            box.classList.toggle("ended", ended[thread]);
            box.firstChild.textContent = "Thread " + NAMES[thread] + (ended[thread] ? " has ended" : "") + ": " + of(thread).length + " blocks in use";
            held[thread].textContent = "";
            held[thread].append(FIGURES.labelled("frees in flight", FIGURES.shown(heap, "held", thread)));
        });
    }

    var map = ui.panel("superpages"), both = ui.panel("threads"), held = [];
    var boxes = [0, 1, 2].map(function (thread) {
        var box = node("div", {"class": "thread"}, node("strong", {}, "")), buttons = node("div", {"class": "buttons"});
        var next = (thread + 2) % 3;
        [["malloc, 100 times", function () { take(thread); }], ["free 50 of its own", function () { give(thread, thread, 50); }],
            ["free 5 of " + NAMES[next] + "'s", function () { give(thread, next, 5); }],
            ["free all of " + NAMES[next] + "'s", function () { give(thread, next, 10000); }],
            ["end", function () { end(thread); }]].forEach(function (one) {
            var button = node("button", {type: "button"}, one[0]);
            button.addEventListener("click", one[1]);
            buttons.append(button);
        });
        held.push(node("div", {"class": "numbers"}));
        box.append(buttons, held[thread]);
        both.append(box);
        return box;
    });
    ui.buttons(["start again", reset]);
    map.setAttribute("tabindex", "0");
    map.setAttribute("role", "group");
    map.setAttribute("aria-label", "The superpages, their owners and their slots");
    reset();
});
