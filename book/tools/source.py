"""source.py -- the files of a stage as paragraphs, and what became of each since the stage before.

A paragraph is what blank lines separate at the top level of a file: a function with its comment, a
struct, a group of constants. It is found by the name of anything that it defines, so the book names
code by symbol and never by line. Two versions of a file are compared paragraph by paragraph.
"""
import difflib
import functools
import glob
import json
import os
import re

from common import STAGES, TOP, output_of

BOILERPLATE = re.compile(r'#include|#ifndef \w+_H$|#define \w+_H$|#endif$|#define _GNU_SOURCE'
                         r'|#ifdef __cplusplus|extern "C" \{$|\}$|$')


class Row:
    """A line as it is shown: same, new, or old (of the stage before; number is its line there)."""

    def __init__(self, kind, number, text):
        self.kind, self.number, self.text = kind, number, text


class Paragraph:
    def __init__(self, lines, first, tags):
        self.lines, self.first, self.last = lines, first, first + len(lines) - 1
        self.tags = tags
        self.names = [tag["name"] for tag in tags]
        self.is_essay = first == 1 and lines[0].startswith("/*")
        self.is_boilerplate = not self.is_essay and all(BOILERPLATE.match(line) for line in lines)
        self.rows = [Row("new", first + i, line) for i, line in enumerate(lines)]
        self.compared = False

    @property
    def keys(self):
        """What the same paragraph is called in another stage."""
        if self.is_essay:
            return {"@essay"}
        if self.is_boilerplate:
            return {"@" + self.lines[0].split(" ")[0]}
        return set(self.names) or {"@" + re.split(r"\W", self.lines[0].strip(), 1)[0]}

    @property
    def title(self):
        if self.is_essay:
            return "the idea"
        if self.is_boilerplate:
            return "includes"
        names = [tag["name"] for tag in self.tags if tag["kind"] != "enumerator"]
        return ", ".join(dict.fromkeys(names)) or self.lines[0].strip()[:40]

    @property
    def changed(self):
        return any(row.kind != "same" and row.text for row in self.rows)

    def shown_rows(self, delta):
        """With what is gone, or only the lines as they are."""
        return [row for row in self.rows if delta or row.kind != "old"]

    def compare(self, older):
        """Fill in rows against the paragraphs that stood here before, in their order."""
        old = [(o.first + i, line) for o in older for i, line in enumerate(o.lines)]
        match = difflib.SequenceMatcher(None, [text for _, text in old], self.lines, autojunk=False)
        self.rows, self.compared = [], True
        for kind, a, b, c, d in match.get_opcodes():
            if kind == "equal":
                self.rows += [Row("same", self.first + i, self.lines[i]) for i in range(c, d)]
            else:
                self.rows += [Row("old", *old[i]) for i in range(a, b)]
                self.rows += [Row("new", self.first + i, self.lines[i]) for i in range(c, d)]


class File:
    """One file of one stage."""

    def __init__(self, stage, name, tags):
        self.stage, self.name = stage, name
        self.path = f"stages/{STAGES[stage]}/{name}" if "/" not in name else name
        with open(os.path.join(TOP, self.path), encoding="utf-8") as file:
            self.lines = file.read().split("\n")[:-1]
        self.tags = tags
        self.paragraphs = list(paragraphs(self.lines, tags))
        self.removed = []  # paragraphs of the stage before that have no successor here
        self.is_new = True

    def compare(self, before):
        """Pair the paragraphs with those of the stage before, the most alike first."""
        self.is_new = False
        alike = sorted((-likeness(old, new), i, j) for i, new in enumerate(self.paragraphs)
                       for j, old in enumerate(before.paragraphs) if old.keys & new.keys)
        pairs = {}  # place of a paragraph here -> places of its forerunners
        for _, i, j in alike:
            if i not in pairs and not any(j in taken for taken in pairs.values()):
                pairs[i] = [j]
        left = set(range(len(before.paragraphs))) - {j for taken in pairs.values() for j in taken}
        for _, i, j in alike:  # two that became one
            if j in left and i in pairs and before.paragraphs[j].names:
                pairs[i].append(j)
                left.discard(j)
        for i, taken in pairs.items():
            self.paragraphs[i].compare([before.paragraphs[j] for j in sorted(taken)])
        self.removed = [before.paragraphs[j] for j in sorted(left)]

    def find(self, symbol):
        """The paragraphs that define a symbol, or of which it is the first word."""
        if symbol == "essay":
            return [p for p in self.paragraphs if p.is_essay]
        return [p for p in self.paragraphs if symbol in p.names or
                not p.names and p.lines[0].startswith(symbol)]  # such as _Static_assert


def likeness(old, new):
    """How much two paragraphs have in common, from 0 to 1."""
    return difflib.SequenceMatcher(None, old.lines, new.lines, autojunk=False).ratio()


def paragraphs(lines, tags):
    """Cut a file at the blank lines that stand outside comments and braces."""
    by_line = {}
    for tag in tags:
        by_line.setdefault(tag["line"], []).append(tag)
    start, depth, in_comment = 0, 0, False
    for number, line in enumerate(lines + [""]):
        in_comment, bare = strip(line, in_comment)
        if not bare.startswith(("#", 'extern ""')):
            depth = max(0, depth + bare.count("{") - bare.count("}"))
        essay_ends = start == 0 and lines[0].startswith("/*") and line.endswith("*/")
        if in_comment or depth > 0 or (line and not essay_ends):
            continue
        end = number + bool(line)
        if end > start and lines[start:end] != [""]:
            inside = [t for n in range(start + 1, end + 1) for t in by_line.get(n, [])]
            yield Paragraph(lines[start:end], start + 1, inside)
        start = end if line else number + 1


def strip(line, in_comment):
    """Whether a comment is open behind the line, and the line without comments and literals."""
    bare = ""
    while line:
        if in_comment:
            _, closed, line = line.partition("*/")
            in_comment = not closed
        else:
            found = re.search(r'/\*|//.*|"(\\.|[^"\\])*"|\'(\\.|[^\'\\])*\'', line)
            if found is None:
                return in_comment, bare + line
            bare += line[:found.start()] + ('""' if found[0][0] in "\"'" else "")
            in_comment = found[0] == "/*"
            line = line[found.end():]
    return in_comment, bare


def tags_of(paths):
    """What files define at their top level, by ctags."""
    listed = output_of(["ctags", "--output-format=json", "--fields=+neKS", "--kinds-c=+px", "-o", "-",
                        "-I", "HIDDEN,BITSLAB_API,EXPORT", "-D", "_Atomic(x)=x", "-D", "_Alignas(x)=",
                        "-D", "__attribute__(x)=", *paths])
    for line in listed.splitlines():
        tag = json.loads(line)
        if "scope" not in tag or tag["kind"] == "enumerator":
            if not re.fullmatch(r"\w+_H", tag["name"]):
                yield tag


@functools.cache
def other_file(path):
    """A file outside the stages, such as a test, or None."""
    if not os.path.isfile(os.path.join(TOP, path)):
        return None
    return File(max(STAGES), path, list(tags_of([os.path.join(TOP, path)])))


class Stage:
    """All files that one stage compiles, and an index of what they define."""

    def __init__(self, number):
        self.number, self.name = number, STAGES[number]
        folder = os.path.join(TOP, "stages", self.name)
        paths = sorted(glob.glob(folder + "/*.[ch]"))
        tags = {}
        for tag in tags_of(paths):
            tags.setdefault(os.path.basename(tag["path"]), []).append(tag)
        self.files = {name: File(number, name, tags.get(name, []))
                      for name in map(os.path.basename, paths)}
        self.symbols = {}  # name -> [(file, tag)], definitions first
        for file in self.files.values():
            for tag in sorted(file.tags, key=lambda t: t["line"]):
                self.symbols.setdefault(tag["name"], []).append((file, tag))
        for found in self.symbols.values():
            found.sort(key=lambda pair: pair[1]["kind"] in ("prototype", "externvar"))
        self.gone = {}  # files of the stage before that are no more
        if number - 1 in STAGES:
            before = stage(number - 1)
            for name, file in before.files.items():
                if name in self.files:
                    self.files[name].compare(file)
                else:
                    self.gone[name] = file
        self.labels = self.find_labels()

    def find_labels(self):
        """Edge labels such as RF-1 -> [(file, line)]."""
        found = {}
        for file in self.files.values():
            for number, line in enumerate(file.lines, 1):
                for label in re.findall(r"\[([A-Z]+-\d+)\]", line):
                    found.setdefault(label, []).append((file, number))
        return found

    def enclosing(self, file, line):
        """The name of the function or struct in which a line stands."""
        for paragraph in file.paragraphs:
            if paragraph.first <= line <= paragraph.last:
                inside = [t for t in paragraph.tags if t["line"] <= line <= t.get("end", t["line"])]
                return (inside or paragraph.tags or [{"name": ""}])[-1]["name"]
        return ""


@functools.cache
def stage(number):
    return Stage(number)
