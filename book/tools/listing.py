"""listing.py -- code in the text: by file and symbol, with what is new, and what is gone struck.

Coverage  Every line that is shown is noted here; coverage.py compares that with what is owed.
"""
import fnmatch
import itertools
import os
import re

import highlight
import source
from common import escape

FOLD_AFTER = 9   # unchanged lines in a row that are worth folding
FOLD_KEEP = 3    # of them shown on either side


class Shown:
    """What the chapters have shown so far."""

    def __init__(self):
        self.rows = set()    # (stage, file, kind, line)
        self.places = {}     # (stage, file, symbol) -> [(page, anchor)]

    def note(self, stage, file_name, rows):
        for row in rows:
            self.rows.add((stage, file_name, row.kind, row.number))

    def has(self, stage, file_name, row):
        return (stage, file_name, row.kind, row.number) in self.rows

    def place(self, stage, file_name, symbols, page, anchor):
        for symbol in symbols:
            self.places.setdefault((stage, file_name, symbol), []).append((page, anchor))


shown = Shown()


def fold(rows, kind, summary):
    lines = "".join(rows)
    return (f'<details class="{kind}"><summary>{summary}</summary>'
            f'<pre tabindex="0"><code>{lines}</code></pre></details>')


def body(paragraphs, stage, file, delta, whole):
    """The paragraphs as HTML: long runs of unchanged lines and boilerplate are folded, and in the
    listing of a whole file the paragraphs that did not change."""
    pieces, plain = [], []

    def flush():
        if plain:
            pieces.append(f'<pre tabindex="0"><code>{"".join(plain)}</code></pre>')
            plain.clear()

    def kind_of(paragraph):
        old = whole and delta and paragraph.compared and not paragraph.changed
        return "frame" if paragraph.is_boilerplate else "old" if old else "code"

    for kind, group in itertools.groupby(paragraphs, kind_of):
        if kind != "code":
            flush()
            summarise = boilerplate if kind == "frame" else unchanged
            pieces.append(summarise(list(group), stage, file, delta))
            continue
        for position, paragraph in enumerate(group):
            rows = paragraph.shown_rows(delta)
            lines = list(highlight.rows(rows, stage, file))
            if position and plain:
                plain.append('<span class="l gap"> </span>')
            for kind, start, end in runs(rows, delta and paragraph.compared):
                if kind == "fold":
                    flush()
                    pieces.append(fold(lines[start:end], "same", f"{end - start} lines as before"))
                else:
                    plain.extend(lines[start:end])
    flush()
    return "".join(pieces)


def unchanged(paragraphs, stage, file, delta):
    """Paragraphs that are as in the stage before, folded under their names."""
    lines = [line for p in paragraphs for line in
             [*highlight.rows(p.rows, stage, file), '<span class="l gap"> </span>']]
    return fold(lines[:-1], "same", "as before: " + ", ".join(p.title for p in paragraphs))


def boilerplate(paragraphs, stage, file, delta):
    """Includes and the like, folded into one line that says what it holds."""
    lines = [line for p in paragraphs for line in highlight.rows(p.shown_rows(delta), stage, file)]
    count = sum("#include" in line for p in paragraphs for line in p.lines)
    words = f"{count} include{'s' * (count != 1)}" if count else "the include guard"
    changed = any(p.compared and p.changed for p in paragraphs)
    return fold(lines, "boiler", words + ", changed" * changed)


def runs(rows, folding):
    """Cut rows into ("show" | "fold", start, end)."""
    start, position = 0, 0
    while folding and position < len(rows):
        end = position
        while end < len(rows) and rows[end].kind == "same":
            end += 1
        first = position + (FOLD_KEEP if position else 1)
        last = end - (FOLD_KEEP if end < len(rows) else 1)
        if end - position > FOLD_AFTER and end - position < len(rows):
            if first > start:
                yield "show", start, first
            yield "fold", first, last
            start = last
        position = end + 1
    if start < len(rows):
        yield "show", start, len(rows)


def listing(attrs, chapter, report):
    """A listing of whole paragraphs: of some symbols, of a file, or of what is left of files."""
    number = int(attrs.get("stage", chapter.code_stage))
    stage = source.stage(number)
    if attrs["class"] == "rest":
        return "".join(rest(stage, name, chapter, report, "folded" in attrs["flags"])
                       for name in named(stage, attrs.get("file", "").split()))
    file = source.other_file(attrs["path"]) if "path" in attrs else stage.files.get(attrs.get("file"))
    if file is None:
        report(f"there is no file {attrs.get('path')!r}" if "path" in attrs else
               f"there is no file {attrs.get('file')!r} in stage {number}")
        return ""
    symbols = attrs.get("symbol", "").split()
    picked = []
    for symbol in symbols:
        found = file.find(symbol)
        if not found:
            report(f"there is no symbol {symbol!r} in {file.path}")
        picked += [paragraph for paragraph in found if paragraph not in picked]
    if symbols and not picked:
        return ""
    delta = "full" not in attrs["flags"] and "path" not in attrs and \
        bool(chapter.stage or "stage" in attrs)
    return show(picked if symbols else file.paragraphs, stage, file, chapter, delta, symbols,
                "folded" in attrs["flags"])


def named(stage, patterns):
    """File names as they are; for a pattern such as observe_*, the files that still owe something."""
    for pattern in patterns:
        if "*" not in pattern:
            yield pattern
            continue
        for name, file in stage.files.items():
            if not fnmatch.fnmatch(name, pattern):
                continue
            if any(any(owed(p.rows, stage, file)) for p in file.paragraphs) or \
                    not all(shown_as_old(p, stage, name) for p in file.removed):
                yield name


def rest(stage, name, chapter, report, folded):
    """What a file changed and no listing has shown so far."""
    file = stage.files.get(name)
    if file is None:
        report(f"there is no file {name!r} in stage {stage.number}")
        return ""
    picked = [p for p in file.paragraphs if any(owed(p.rows, stage, file))]
    gone = [p for p in file.removed if not shown_as_old(p, stage, name)]
    if not picked and not gone:
        report(f"nothing is left to show of {file.path}")
    html = show(picked, stage, file, chapter, True, ["rest"], folded) if picked else ""
    return html + "".join(strike(p, stage, name, chapter) for p in gone)


def owed(rows, stage, file):
    return (row for row in rows if row.kind != "same" and row.text.strip()
            and not shown.has(stage.number, file.name, row))


def shown_as_old(paragraph, stage, name):
    return all((stage.number, name, "old", number) in shown.rows
               for number, text in enumerate(paragraph.lines, paragraph.first) if text.strip())


def show(paragraphs, stage, file, chapter, delta, symbols, folded=False):
    """The paragraphs of a file; before its first ones in a chapter, what changed of its frame."""
    first, last = min(p.first for p in paragraphs), max(p.last for p in paragraphs)
    titles = [p.title for p in paragraphs if not p.is_boilerplate] or ["includes"]
    title = ", ".join(titles) if symbols else "whole file"
    if symbols and "/" not in file.name:
        frame_parts = [p for p in file.paragraphs if p.is_boilerplate and p not in paragraphs and
                       any(owed(p.rows, stage, file))]
        essays = [p for p in paragraphs if p.is_essay]
        paragraphs = essays + frame_parts + [p for p in paragraphs if not p.is_essay]
    for paragraph in paragraphs:
        shown.note(stage.number, file.name, paragraph.shown_rows(delta))
    names = list(dict.fromkeys(n for p in paragraphs for n in p.names))
    anchor = f"l-{stage.number}-{os.path.basename(file.name)}" + "".join(f"-{s}" for s in symbols[:1])
    anchor = unique(anchor, chapter)
    if "/" not in file.name:
        shown.place(stage.number, file.name, names, chapter.page, anchor)
    where = f"{first}–{last}" if last > first else str(first)
    state = "new file" if file.is_new and stage.number > 1 else ""
    if "/" in file.name:
        state = ""
    elif not file.is_new and (delta or chapter.stage):
        kinds = {r.kind for p in paragraphs for r in p.rows if r.text.strip()}
        state = "unchanged" if kinds == {"same"} else "new" if kinds == {"new"} else "changed"
    inside = body(paragraphs, stage, file, delta, not symbols)
    if folded:
        count = sum(len(p.lines) for p in paragraphs)
        inside = f'<details class="whole"><summary>{count} lines</summary>{inside}</details><!--whole-->'
    return frame(anchor, stage, file.name, where, title, state, inside)


def frame(anchor, stage, file_name, where, title, state, inside):
    """A listing: file, lines, symbols and stage over the code."""
    marks = " whole-new" if state in ("", "new", "new file") or stage.number == 1 else ""
    titled = ", ".join(link_name(stage, file_name, name) for name in title.split(", "))
    badge = f'<span class="state {state.split()[0]}">{state}</span>' if state else ""
    if "/" in file_name:  # a test, say
        file, place = f"<b>{file_name}</b>", ""
    else:
        file = f'<a href="reference_{stage.number}.html#{file_name}">{file_name}</a>'
        place = f'<span class="stage">stage {stage.number}</span>'
    return (f'<figure class="listing{marks}" id="{anchor}"><figcaption><span class="where">{file}'
            f'<span class="lines">:{where}</span></span> <span class="what">{titled}</span>'
            f'{badge}{place}</figcaption>{inside}</figure>')


def link_name(stage, file_name, name):
    link = highlight.symbol_link(stage, name, stage.files.get(file_name))
    return f'<a href="{link}">{escape(name)}</a>' if link else escape(name)


used = {}


def unique(anchor, chapter):
    seen = used.setdefault(chapter.slug, {})
    seen[anchor] = seen.get(anchor, 0) + 1
    return anchor if seen[anchor] == 1 else f"{anchor}-{seen[anchor]}"


def removed(attrs, chapter, report):
    """Code of the stage before that has no successor: a symbol's, or a whole file's."""
    number = int(attrs.get("stage", chapter.code_stage))
    stage, name = source.stage(number), attrs.get("file")
    if name in stage.gone:
        gone = stage.gone[name].paragraphs
    elif name in stage.files:
        gone = stage.files[name].removed
    else:
        report(f"stage {number} removed no file {name!r}")
        return ""
    html = []
    for symbol in attrs.get("symbol", "").split() or [None]:
        picked = [p for p in gone if symbol is None or symbol in p.names]
        if not picked:
            report(f"stage {number} removed no {symbol!r} from {name}")
        html += [strike(p, stage, name, chapter) for p in picked]
    return "".join(html)


def strike(paragraph, stage, name, chapter):
    """A removed paragraph, in the look and with the links of the stage that had it."""
    rows = [source.Row("old", paragraph.first + i, line) for i, line in enumerate(paragraph.lines)]
    shown.note(stage.number, name, rows)
    before = source.stage(stage.number - 1)
    lines = list(highlight.rows(rows, before, before.files[name]))
    anchor = unique(f"gone-{stage.number}-{name}-{(paragraph.names or ['text'])[0]}", chapter)
    inside = (fold(lines, "boiler", "struck lines") if paragraph.is_boilerplate or paragraph.is_essay
              else f'<pre tabindex="0"><code>{"".join(lines)}</code></pre>')
    return frame(anchor, before, name, f"{paragraph.first}–{paragraph.last}", paragraph.title,
                 "removed", inside)


def attributes(text):
    """`.listing file=heap.c symbol="a b" full` as a dictionary; words without = are flags."""
    found = {"class": "", "flags": []}
    for token in re.finditer(r'\.([\w-]+)|#([\w-]+)|([\w-]+)=(?:"([^"]*)"|(\S+))|(\w+)', text):
        if token[1]:
            found["class"] = found["class"] or token[1]
        elif token[3]:
            found[token[3]] = token[4] if token[4] is not None else token[5]
        elif token[6]:
            found["flags"].append(token[6])
    return found
