/* search.js -- search without a server: the weights (BM25) were computed when the book was built. */
(function () {
    var input = document.getElementById("search"), list = document.getElementById("results");
    var vocabulary = null, chosen = -1;

    function stem(word) {
        return word.length > 3 && /[^s]s$/.test(word) ? word.slice(0, -1) : word;
    }

    /* The last word may be unfinished, so every word that begins with it counts, a little less. */
    function find(query) {
        var words = query.toLowerCase().match(/[a-z_][a-z0-9_]*/g) || [], scores = {};
        vocabulary = vocabulary || Object.keys(SEARCH.words);
        words.forEach(function (word, place) {
            var whole = stem(word), last = place === words.length - 1;
            vocabulary.forEach(function (known) {
                var factor = known === whole ? 1 : last && known.indexOf(word) === 0 ? 0.4 : known.indexOf(word + "_") === 0 || known.indexOf("_" + word) > 0 ? 0.3 : 0;
                if (!factor) return;
                var hits = SEARCH.words[known];
                for (var i = 0; i < hits.length; i += 2) {
                    var score = scores[hits[i]] = scores[hits[i]] || { sum: 0, words: {} };
                    score.sum += hits[i + 1] * factor;
                    score.words[place] = true;
                }
            });
        });
        return Object.keys(scores).map(function (number) {
            var score = scores[number];
            return { number: number, sum: score.sum * Math.pow(Object.keys(score.words).length / words.length, 2) };
        }).sort(function (a, b) { return b.sum - a.sum || a.number - b.number; }).slice(0, 12);
    }

    function show() {
        var found = input.value.length > 1 ? find(input.value) : [];
        list.textContent = "";
        chosen = -1;
        found.forEach(function (hit, place) {
            var entry = SEARCH.documents[hit.number], item = document.createElement("li");
            var link = document.createElement("a"), title = document.createElement("b"), text = document.createElement("small");
            item.setAttribute("role", "option");
            item.id = "result-" + place;
            link.href = entry[1];
            link.tabIndex = -1;
            title.textContent = entry[0];
            text.textContent = entry[2];
            link.append(title, text);
            item.append(link);
            list.append(item);
        });
        list.hidden = found.length === 0;
        input.setAttribute("aria-expanded", String(!list.hidden));
        input.removeAttribute("aria-activedescendant");
    }

    function choose(step) {
        var items = list.children;
        if (!items.length) return;
        if (chosen >= 0) items[chosen].setAttribute("aria-selected", "false");
        chosen = (chosen + step + items.length) % items.length;
        items[chosen].setAttribute("aria-selected", "true");
        items[chosen].scrollIntoView({ block: "nearest" });
        input.setAttribute("aria-activedescendant", items[chosen].id);
    }

    input.addEventListener("input", show);
    input.addEventListener("keydown", function (event) {
        if (event.key === "ArrowDown") choose(1);
        else if (event.key === "ArrowUp") choose(-1);
        else if (event.key === "Enter") {
            var target = list.children[Math.max(chosen, 0)];
            if (target) { list.hidden = true; location.href = target.firstChild.href; }
        } else if (event.key === "Escape") { input.value = ""; show(); input.blur(); }
        else return;
        event.preventDefault();
    });
    document.addEventListener("click", function (event) {
        if (!event.target.closest(".search")) list.hidden = true;
    });
    document.addEventListener("keydown", function (event) {
        if (event.key === "/" && !/INPUT|TEXTAREA|SELECT/.test(document.activeElement.tagName)) {
            input.focus();
            event.preventDefault();
        }
    });
})();
