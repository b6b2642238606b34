/* remote_free.js -- figure 5, the race stepper: an owner and two freers, one step at a time. */
FIGURES.start("remote_free", function (ui) {
    "use strict";
    var node = FIGURES.node, NAMES = ["the owner", "freer B", "freer C"], SIZE = 1024;
    var VARIANTS = [["5", "as it is in stage 5"], ["5-notice_first", "wrong: notice first, then the bit"],
        ["5-only_if_empty", "wrong: notice only if the word was empty"], ["5-load_and_store", "wrong: the owner loads and then stores"]];
    var key = "5", heap, bins, ended, plan, found = {};

    /* The owner has eight blocks, of which two are to be freed by other threads. */
    function prepare(which) {
        var made = ui.load(which), blocks = [0, 1, 2, 3, 4, 5, 6, 7].map(function () { return made.call("take", SIZE); });
        bins = [1, 2].map(function (thread) { return made.call("freer", thread, blocks[5 + thread]); });
        made.call("begin", 0);
        return made;
    }
    /* All threads to where they wait first; the owner last, so that its own map is what it has by now. */
    function settle(from) { return [1, 2, 0].map(function (thread) { return from.call("run", thread, 0); }); }
    function step(of, thread) {
        var done = of.call("run", thread, 1);
        if (thread) of.call("run", 0, 0);
        return done;
    }
    function text(thread, which) {
        for (var i = 0, out = "", letter; (letter = heap.call("letter", 3 * thread + which, i)); i++) out += String.fromCharCode(letter);
        return out;
    }
    function waits(thread) { return heap.call("line", thread) ? text(thread, 2) : ""; }
    function lost(of) { return [1, 2].filter(function (thread) { return of.call("lost", thread); }); }

    /* The losing schedule, found by trying all, the shorter ones first; and through how many states. */
    function search() {
        var scratch = prepare(key), queue = [[]], seen = {}, losing, path, done, state;
        while (!losing && queue.length) {
            path = queue.shift();
            scratch.call("begin", 1);
            done = settle(scratch);
            path.forEach(function (thread) { done[[1, 2, 0].indexOf(thread)] = step(scratch, thread); });
            state = scratch.call("state");
            if (seen[state]) continue;
            seen[state] = true;
            if (lost(scratch).length) losing = path;
            else [1, 2, 0].forEach(function (thread, i) { if (!done[i]) queue.push(path.concat(thread)); });
        }
        scratch.log.length = 0; /* not on the screen */
        scratch.release();
        return {path: losing || [], states: Object.keys(seen).length};
    }
    function move(thread) {
        var what = waits(thread), where = heap.call("line", thread), before = words();
        ended[thread] = step(heap, thread);
        var after = words(), changed = ["the remote map", "the notice", "the owner's free map"].filter(function (name, i) {
            return before[2 * i] !== after[2 * i] || before[2 * i + 1] !== after[2 * i + 1];
        });
        var gone = lost(heap);
        ui.say(NAMES[thread][0].toUpperCase() + NAMES[thread].slice(1) + ", line " + where + ": " + what + ". " +
            (changed.length ? "This changed " + changed.join(" and ") + "." : "Nothing changed.") +
            (gone.length ? " A free is lost: the free of bin " + bins[gone[0] - 1] + " has returned, and " +
                (after[0] >>> bins[gone[0] - 1] & 1 ? "no notice leads the owner to it." : "its bit is in neither map.") : "") +
            (ended[0] && ended[1] && ended[2] && !gone.length ? " All are done, and each bin is with its owner or announced." : ""));
        show();
    }
    /* A word of which a set bit is a filled cell. */
    function bits(name, low, high, count, hint) {
        var cells = node("div", {"class": "bits", role: "img"}), set = [];
        for (var i = 0; i < count; i++) {
            var is = (i < 32 ? low >>> i : high >>> (i - 32)) & 1, more = hint && hint(i);
            if (is) set.push(i);
            cells.append(node("i", {"class": (is ? "out " : "") + (more ? "freed" : ""),
                title: "bit " + i + (is ? " is set" : " is cleared") + (more ? ", " + more : "")}));
        }
        cells.setAttribute("aria-label", name + ": " + (set.length ? "set " + set.join(", ") : "all cleared"));
        var digits = (high ? high.toString(16) + ("00000000" + low.toString(16)).slice(-8) : low.toString(16));
        return node("div", {"class": "word"}, node("span", {}, name), node("output", {}, "0x" + digits), cells);
    }
    function words() { return [0, 1, 2, 3, 4, 5].map(function (which) { return heap.call("half", which); }); }
    function reset() {
        if (heap) heap.release();
        heap = prepare(key);
        settle(heap);
        ended = [0, 0, 0];
        found[key] = found[key] || search();
        plan = found[key].path.slice();
        ui.say("B is about to free bin " + bins[0] + ", and C bin " + bins[1] + ". The owner will collect, twice. " +
            (plan.length ? "The shortest schedule that loses a free has " + plan.length + " steps." :
                "All schedules were tried, through " + found[key].states + " states: none loses a free.") + " Whose turn is it?");
        show();
    }

    function show() {
        var now = words(), whose = function (i) { return i === bins[0] ? "B's bin" : i === bins[1] ? "C's bin" : ""; };
        map.textContent = "";
        map.append(bits("remote[0] of the slab", now[0], now[1], 64, whose), bits("notice of the superpage", now[2], now[3], 32),
            bits("free[0], the owner's", now[4], now[5], 64, whose));
        boxes.forEach(function (box, thread) {
            box.classList.toggle("ended", !!ended[thread]);
            box.lastChild.textContent = "";
            box.querySelector("button").disabled = !!ended[thread];
            if (ended[thread]) box.lastChild.append(node("p", {}, "has ended"));
            else box.lastChild.append(node("p", {}, "waits in ", node("code", {}, text(thread, 1) + "()"), ", " + text(thread, 0) + ", line ",
                FIGURES.shown(heap, "line", thread), ":"), node("p", {}, node("code", {}, waits(thread))));
        });
        follow.disabled = !plan.length;
    }

    var buttons = ui.buttons(["start again", reset], ["next step of the losing schedule", function () {
        var thread = plan.shift();
        move(thread);
    }]), follow = buttons[1];
    ui.choice("protocol:", VARIANTS, function (value) { key = value; reset(); });
    var map = ui.panel("words"), both = ui.panel("threads");
    var boxes = NAMES.map(function (name, thread) {
        var button = node("button", {type: "button"}, "step " + name);
        button.addEventListener("click", function () { plan = []; move(thread); });
        var box = node("div", {"class": "thread"}, node("strong", {}, name[0].toUpperCase() + name.slice(1)),
            node("div", {"class": "buttons"}, button), node("div", {}));
        both.append(box);
        return box;
    });
    reset();
});
