/* figures.js -- what the live figures share: loading a stage's WebAssembly, buttons, boxes of memory.
 *
 * A figure is FIGURES.start(name, function (ui) { ... }), and draws with what `ui` has:
 *   ui.load(stage)              an instance of the figure's module for a stage: call(name, a, b), and
 *                               release(), when it is needed no more
 *   ui.buttons([text, action], ...)   a row of buttons; returns them. ui.choice(label, pairs, action): a list
 *   ui.panel(class)             an empty box to draw into; ui.add(node) adds any other node
 *   ui.say(text)                what happened, shown under the picture and read out by screen readers
 *   FIGURES.word(name, low, high, count, hint)   64 bits as cells, a set one empty; hint(i) is added to its title
 *   FIGURES.labelled(label, value)   an entry for a box of class `numbers`
 *   FIGURES.node(tag, attributes, ...children), FIGURES.svg(...) the same in SVG
 *   FIGURES.shown(instance, call, a, b)   a number on the screen that the check compares with a native run
 * Every call is kept in instance.log as [name, a, b, answer].
 */
var FIGURES = (function () {
    "use strict";
    var wasm = {}, instances = [];

    function node(tag, attributes) { return fill(document.createElement(tag), attributes, [].slice.call(arguments, 2)); }
    function svg(tag, attributes) {
        return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, [].slice.call(arguments, 2));
    }
    function fill(made, attributes, children) {
        Object.keys(attributes || {}).forEach(function (key) {
            if (attributes[key] !== undefined && attributes[key] !== false) made.setAttribute(key, attributes[key]);
        });
        children.forEach(function (child) {
            if (child !== null && child !== undefined) made.append(child);
        });
        return made;
    }

    function bytes(text) { return Uint8Array.from(atob(text), function (c) { return c.charCodeAt(0); }); }
    function commas(number) { return String(number).replace(/\B(?=(\d{3})+$)/g, ","); }
    function hex(number) { return "0x" + number.toString(16); }

    /* A new heap: the module starts with fresh memory. */
    function load(name, stage) {
        var key = name + "/" + stage;
        var module = new WebAssembly.Module(bytes(wasm[key]));
        var left = {}, exports = new WebAssembly.Instance(module, {figure: {leave: function () { throw left; }}}).exports;
        var stack = exports.__stack_pointer, top = stack && stack.value;
        var one = {
            key: key, index: instances.length, log: [],
            call: function (call, a, b) {
                var answer = 0;
                try {
                    answer = exports[call](a || 0, b || 0) >>> 0;
                } catch (thrown) {
                    if (thrown !== left) throw thrown;
                    stack.value = top; /* The module called leave(): nobody takes down its frames. */
                }
                one.log.push([call, a || 0, b || 0, answer]);
                return answer;
            },
            /* Its memory may go; what it answered stays, for the check. */
            release: function () { exports = null; }
        };
        instances.push(one);
        return one;
    }

    function shown(one, call, a, b, form) {
        var output = node("output", {"data-instance": one.index, "data-call": [call, a || 0, b || 0].join(" ")});
        output.textContent = (form || commas)(one.call(call, a, b));
        return output;
    }

    function labelled(label, value) { return node("div", {}, node("span", {}, label), value.nodeType ? value : node("output", {}, value)); }

    /* A word of a map: a set bit is a free bin. */
    function word(name, low, high, count, hint) {
        var bits = node("div", {"class": "bits", role: "img"}), out = [];
        for (var i = 0; i < count; i++) {
            var set = (i < 32 ? low >>> i : high >>> (i - 32)) & 1;
            if (!set) out.push(i);
            bits.append(node("i", {"class": (set ? "" : "out ") + (hint && hint(i) ? "fresh" : ""),
                title: "bit " + i + (set ? " is set" : " is cleared") + (hint && hint(i) ? ", " + hint(i) : "")}));
        }
        bits.setAttribute("aria-label", name + ": " + (out.length ? "cleared " + out.join(", ") : "all set"));
        var digits = ("00000000" + high.toString(16)).slice(-8) + ("00000000" + low.toString(16)).slice(-8);
        return node("div", {"class": "word"}, node("span", {}, name), node("output", {}, "0x" + digits), bits);
    }

    function start(name, draw) {
        document.querySelectorAll('figure[data-figure="' + name + '"] .canvas').forEach(function (canvas) {
            var status = node("p", {"class": "says", role: "status"});
            canvas.textContent = "";
            canvas.removeAttribute("tabindex");
            var ui = {
                load: function (stage) { return load(name, stage); },
                add: function (child) { canvas.insertBefore(child, status); return child; },
                panel: function (kind) { return ui.add(node("div", {"class": kind})); },
                say: function (text) { status.textContent = text; },
                buttons: function () {
                    var made = [].slice.call(arguments).map(function (one) {
                        var button = node("button", {type: "button"}, one[0]);
                        button.addEventListener("click", one[1]);
                        return button;
                    });
                    var row = ui.last = ui.panel("buttons");
                    made.forEach(function (button) { row.append(button); });
                    return made;
                },
                choice: function (label, pairs, action) {
                    var list = node("select");
                    pairs.forEach(function (pair) { list.append(node("option", {value: pair[0]}, pair[1])); });
                    list.addEventListener("change", function () { action(list.value); });
                    var whole = node("label", {}, label + " ", list);
                    (ui.last || ui.panel("buttons")).append(whole);
                    return list;
                }
            };
            canvas.classList.add("stage");
            canvas.append(status);
            draw(ui);
        });
    }

    return {wasm: wasm, instances: instances, start: start, node: node, svg: svg, shown: shown, commas: commas, hex: hex,
        word: word, labelled: labelled};
})();
