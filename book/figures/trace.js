/* trace.js -- one trace of calls, replayed on all six stages. */
FIGURES.start("trace", function (ui) {
    "use strict";
    var node = FIGURES.node, svg = FIGURES.svg, commas = FIGURES.commas;
    var STAGES = [1, 2, 3, 4, 5, 6], NAMES = ["bump", "slab", "superpage", "threadlocal", "remote_free", "orphanage"];
    var runs = [], SAMPLES = 40, MOST = 20000, NONE = 0xffffffff, W = 720, H = 300, LEFT = 46, RIGHT = 96, BOTTOM = 26, TOP = 10;

    /* The same numbers each time: a trace must be the same everywhere. */
    function dice(seed) {
        return function (n) {
            seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
            return Math.floor(seed / 4294967296 * n);
        };
    }
    function phases() {
        var trace = [], roll = dice(1), live = [], next = 0;
        [[16, 120], [200, 1500], [1500, 6000], [16, 300]].forEach(function (range) {
            for (var i = 0; i < 160; i++) {
                trace.push({id: next, size: range[0] + roll(range[1] - range[0])});
                live.push(next++);
            }
            while (live.length > 20) trace.push({id: live.splice(roll(live.length), 1)[0], free: true});
        });
        return trace;
    }
    function steady() {
        var trace = [], roll = dice(2), live = [], next = 0;
        for (var i = 0; i < 900; i++) {
            if (live.length >= 200) trace.push({id: live.splice(roll(live.length), 1)[0], free: true});
            trace.push({id: next, size: 16 << roll(8)});
            live.push(next++);
        }
        return trace;
    }
    function holes() {
        var trace = [], i;
        for (i = 0; i < 500; i++) trace.push({id: i, size: 1000});
        for (i = 0; i < 500; i += 2) trace.push({id: i, free: true});
        for (i = 0; i < 250; i++) trace.push({id: 1000 + i, size: 1100});
        for (i = 1; i < 500; i += 2) trace.push({id: i, free: true});
        for (i = 0; i < 250; i += 2) trace.push({id: 1000 + i, free: true});
        return trace;
    }
    var MADE = {phases: phases, steady: steady, holes: holes};

    /* Lines `malloc NAME SIZE` and `free NAME`, or a and f for short. Returns a text if one is wrong. */
    function parse(text) {
        var trace = [], live = {}, lines = text.split("\n");
        for (var i = 0; i < lines.length; i++) {
            var words = lines[i].trim().split(/\s+/), size = Number(words[2]);
            if (words[0] === "" || words[0][0] === "#") continue;
            if (/^(a|malloc)$/.test(words[0]) && words.length === 3 && size >= 0 && size % 1 === 0) {
                if (live[words[1]]) return "line " + (i + 1) + ": " + words[1] + " is in use";
                if (size > 1 << 22) return "line " + (i + 1) + ": at most 4 MiB, the figure's memory is small";
                live[words[1]] = true;
                trace.push({id: words[1], size: size});
            } else if (/^(f|free)$/.test(words[0]) && words.length === 2) {
                if (!live[words[1]]) return "line " + (i + 1) + ": " + words[1] + " is not in use";
                delete live[words[1]];
                trace.push({id: words[1], free: true});
            } else return "line " + (i + 1) + ": write malloc NAME SIZE, or free NAME";
            if (trace.length > MOST) return "line " + (i + 1) + ": at most " + commas(MOST) + " calls";
        }
        return trace.length ? trace : "there is no call in it";
    }

    function replay(trace, stage) {
        var heap = ui.load(stage), at = {}, every = Math.max(1, Math.ceil(trace.length / SAMPLES)), points = [], refused = 0;
        trace.forEach(function (step, i) {
            if (step.free) {
                if (at[step.id] !== NONE) heap.call("give", at[step.id]);
            } else {
                at[step.id] = heap.call("take", step.size);
                if (at[step.id] === NONE) refused++;
            }
            if (i % every === every - 1 || i === trace.length - 1) points.push([i + 1, heap.call("resident_pages") * 4096]);
        });
        return {heap: heap, stage: stage, points: points, refused: refused, peak: Math.max.apply(null, points.map(function (p) { return p[1]; }))};
    }
    function asked(trace) {
        var live = 0, sizes = {}, every = Math.max(1, Math.ceil(trace.length / SAMPLES)), points = [[0, 0]];
        trace.forEach(function (step, i) {
            if (step.free) live -= sizes[step.id];
            else live += sizes[step.id] = step.size;
            if (i % every === every - 1 || i === trace.length - 1) points.push([i + 1, live]);
        });
        return points;
    }

    function chart(trace, live, runs) {
        var peak = Math.max.apply(null, runs.map(function (run) { return run.peak; }).concat(4096)), labels = [];
        function x(i) { return LEFT + i / trace.length * (W - LEFT - RIGHT); }
        function y(bytes) { return H - BOTTOM - bytes / peak * (H - BOTTOM - TOP); }
        function path(points) {
            return points.map(function (p, i) { return (i ? "L" : "M") + x(p[0]).toFixed(1) + " " + y(p[1]).toFixed(1); }).join("");
        }
        var drawing = svg("svg", {viewBox: "0 0 " + W + " " + H, role: "img", "font-size": 11, "font-family": "Inter, system-ui, sans-serif",
            "aria-label": "Memory held by each stage over the trace"});
        for (var i = 0; i <= 4; i++) {
            drawing.append(svg("line", {x1: LEFT, x2: W - RIGHT, y1: y(peak * i / 4), y2: y(peak * i / 4), stroke: "var(--line, #ddd)"}),
                svg("text", {x: LEFT - 6, y: y(peak * i / 4) + 4, "text-anchor": "end", fill: "var(--soft, #5c5f68)"}, commas(Math.round(peak * i / 4096)) + " K"));
        }
        drawing.append(svg("path", {d: path(live) + "L" + x(trace.length) + " " + y(0) + "Z", fill: "var(--new, #e2f1df)", stroke: "none"}),
            svg("text", {x: (LEFT + W - RIGHT) / 2, y: H - 8, "text-anchor": "middle", fill: "var(--soft, #5c5f68)"},
                commas(trace.length) + " calls; shaded: what the program has asked for"));
        runs.forEach(function (run) {
            drawing.append(svg("path", {d: path(run.points), fill: "none", stroke: run.stage === 6 ? "var(--accent, #a2401f)" : "var(--ink, #24262c)",
                "stroke-width": run.stage === 6 ? 2.2 : 1.2, "stroke-dasharray": ["1 3", "5 4", "9 3", "3 2", "7 2 2 2", "none"][run.stage - 1]}));
            labels.push({y: y(run.points[run.points.length - 1][1]) + 4, text: run.stage + " " + NAMES[run.stage - 1], stage: run.stage});
        });
        labels.sort(function (a, b) { return a.y - b.y || b.stage - a.stage; }).forEach(function (label, i) {
            if (i && label.y < labels[i - 1].y + 13) label.y = labels[i - 1].y + 13;
            drawing.append(svg("text", {x: W - RIGHT + 6, y: label.y.toFixed(1), fill: label.stage === 6 ? "var(--accent, #a2401f)" : "var(--ink, #24262c)"}, label.text));
        });
        return drawing;
    }
    function table(runs, most) {
        var body = node("tbody", {});
        runs.forEach(function (run) {
            body.append(node("tr", {}, node("th", {scope: "row"}, run.stage + " " + NAMES[run.stage - 1]),
                node("td", {}, commas(run.peak / 1024) + " KiB"), node("td", {}, (run.peak / most).toFixed(2) + " x"),
                node("td", {}, FIGURES.shown(run.heap, "resident_pages")), node("td", {}, run.refused ? commas(run.refused) + " refused" : "all")));
        });
        return node("table", {}, node("thead", {}, node("tr", {}, node("th", {scope: "col"}, "stage"), node("th", {scope: "col"}, "most held"),
            node("th", {scope: "col"}, "of what was asked"), node("th", {scope: "col"}, "pages at the end"), node("th", {scope: "col"}, "requests met"))), body);
    }
    function show(trace) {
        var live = asked(trace), most = Math.max.apply(null, live.map(function (p) { return p[1]; })) || 1;
        runs.forEach(function (run) { run.heap.release(); });
        runs = STAGES.map(function (stage) { return replay(trace, stage); });
        picture.textContent = numbers.textContent = "";
        picture.append(chart(trace, live, runs));
        numbers.append(table(runs, most));
        var last = runs[5], first = runs[0];
        ui.say("Of " + commas(Math.round(most / 1024)) + " KiB asked for at the most, stage 1 held " + commas(first.peak / 1024) +
            " KiB at its peak, stage 6 " + commas(last.peak / 1024) + ".");
    }
    function own() {
        var trace = parse(text.value);
        if (typeof trace === "string") ui.say("Your trace: " + trace + ".");
        else show(trace);
    }

    ui.buttons(["run my trace", own]);
    var list = ui.choice("trace:", [["phases", "phases of other sizes"], ["steady", "random replacement"], ["holes", "every other one freed"]],
        function (value) { show(MADE[value]()); });
    var text = node("textarea", {rows: 3, spellcheck: "false", placeholder: "malloc x 100\nmalloc y 5000\nfree x"});
    ui.add(node("label", {"class": "own"}, "my trace: ", text));
    var picture = ui.panel("chart"), numbers = ui.panel("held");
    picture.setAttribute("tabindex", "0");
    picture.setAttribute("role", "group");
    picture.setAttribute("aria-label", "Memory held over the trace");
    numbers.setAttribute("tabindex", "0");
    numbers.setAttribute("role", "group");
    numbers.setAttribute("aria-label", "The same in numbers");
    show(MADE[list.value]());
});
