"""markdown.py -- a chapter's Markdown: our directives become HTML, pandoc does the rest.

Everything is looked up here, line by line, so that a mistake is told with its chapter and line.
AUTHORING.md describes the directives.
"""
import os
import re

import highlight
import exercises
import figures
import listing
import measurements
import papers
import source
import transcripts
from common import BOOK, CHAPTERS, STAGES, escape, output_of, problems, read

FENCE = re.compile(r"^(```+|~~~+)\s*(?:\{(.*)\}|(\w*))\s*$")
DIV = re.compile(r"^:::+\s*\{(.*)\}\s*$")
CODE_SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)(\{[^}]*\})?")
LINK = re.compile(r"\]\(([^)\s]+)\)")
CITE = re.compile(r"\[(@[^\]]+)\]")
NAME = re.compile(r"(?:struct )?([A-Za-z_]\w*)(\(\))?$")

BLOCKS = {"listing": listing.listing, "rest": listing.listing, "removed": listing.removed,
          "figure": figures.figure, "bench": measurements.table, "run": transcripts.run}
FORMAT = "markdown-citations-tex_math_dollars-implicit_figures"


class Chapter:
    """The state of one chapter while it is read."""

    def __init__(self, chapter, path=None, text=None):
        self.chapter, self.path = chapter, path or chapter.source
        self.text = read(self.path) if text is None else text
        self.line = 0
        self.links = []  # (target, line), looked at when all pages are there

    def report(self, message):
        problems.add(self.path, self.line, message)

    def html(self):
        lines = self.text.split("\n")
        out = list(self.blocks(lines))
        problem_line = self.line
        html = output_of(["pandoc", "-f", FORMAT, "-t", "html5", "--wrap=none"],
                         input="\n".join(out))
        self.line = problem_line
        return html

    def blocks(self, lines):
        position = 0
        while position < len(lines):
            self.line, text = position + 1, lines[position]
            fence, div = FENCE.match(text), DIV.match(text)
            if fence:
                end = position + 1
                while end < len(lines) and not lines[end].startswith(fence[1]):
                    end += 1
                yield from raw(self.fenced(fence, lines[position + 1:end]))
                position = end
            elif div:
                yield from self.div(text, listing.attributes(div[1]))
            else:
                yield self.prose(text)
            position += 1

    def fenced(self, fence, inside):
        attrs = listing.attributes(fence[2] or f".{fence[3] or 'text'}")
        kind = attrs["class"]
        if kind in BLOCKS:
            attrs["body"] = inside
            return BLOCKS[kind](attrs, self.chapter, self.report)
        if kind == "c":
            rows = [source.Row("same", n, line) for n, line in enumerate(inside, 1)]
            text = "".join(highlight.rows(rows, source.stage(self.chapter.code_stage), None))
            return f'<pre class="sketch" tabindex="0"><code>{text}</code></pre>'
        if kind in ("text", "sh"):
            return f'<pre class="plain" tabindex="0"><code>{escape(chr(10).join(inside))}</code></pre>'
        self.report(f"there is no directive {kind!r}")
        return ""

    def div(self, text, attrs):
        yield f"::: {{.{attrs['class']}}}"
        if attrs["class"] == "exercise":
            yield from raw(exercises.head(attrs, self.chapter, self.report))
        elif attrs["class"] == "order":
            yield from raw(self.order(attrs.get("edge", "")))
        elif attrs["class"] not in ("aside", "recap", "note"):
            self.report(f"there is no block {attrs['class']!r}")

    def order(self, labels):
        """The head of a note about a memory order: its label, linked to both ends."""
        stage = source.stage(self.chapter.code_stage)
        links = []
        for label in labels.split():
            if label not in stage.labels:
                self.report(f"there is no edge [{label}] in stage {stage.number}")
            links.append(f'<a class="edge" href="edges.html#{label}">{label}</a>')
            edges_explained.setdefault(label, []).append((self.chapter.page, f"edge-{label}"))
        if not links:
            self.report("a note about an order names its edge: {.order edge=RF-1}")
        ids = labels.split()[0] if labels else ""
        return f'<p class="order-head" id="edge-{ids}">{" ".join(links)}</p>'

    def prose(self, text):
        """Citations, names and links of a line of text."""
        heading = text.startswith("#")
        pieces, last = [], 0
        for span in CODE_SPAN.finditer(text):
            pieces.append(self.outside_code(text[last:span.start()]))
            pieces.append(span[0] if span[2] else self.name(span[1], heading))
            last = span.end()
        pieces.append(self.outside_code(text[last:]))
        return "".join(pieces)

    def outside_code(self, text):
        text = CITE.sub(lambda m: inline(papers.cite(m[1], self.chapter, self.report)), text)
        return LINK.sub(lambda m: f"]({self.link(m[1])})", text)

    def link(self, target):
        kind, colon, name = target.partition(":")
        if kind == "symbol" and colon:
            target = highlight.symbol_link(source.stage(self.chapter.code_stage), name)
            if target is None:
                self.report(f"there is no symbol {name!r}")
                return "#"
        elif kind == "paper" and colon:
            if name not in papers.PAPERS:
                self.report(f"there is no paper {name!r}")
            target = f"papers.html#{name}"
        elif kind in ("http", "https", "mailto") and colon:
            return target
        target = target.replace(".md", ".html")
        self.links.append((target, self.line))
        return target

    def name(self, text, heading):
        """Code in a sentence: a name of ours is linked, a name that nobody knows is a mistake."""
        found = NAME.match(text)
        link = None
        if re.fullmatch(r"\w+\.[ch]", text):
            link = self.file_link(text)
        elif found and (found[2] or "_" in found[1] or text.startswith("struct ")):
            link = self.symbol(found[1])
        elif found:
            stage = source.stage(self.chapter.code_stage)
            link = highlight.symbol_link(stage, found[1])
        if link and not heading:
            return inline(f'<code><a href="{link}">{escape(text)}</a></code>')
        return f"`{text}`"

    def file_link(self, name):
        for number in [self.chapter.code_stage, *reversed(STAGES)]:
            if name in source.stage(number).files:
                return f"reference_{number}.html#{name}"
        if name not in KNOWN:
            self.report(f"there is no file {name!r} in any stage, nor in book/names.txt")
        return None

    def symbol(self, name):
        for number in [self.chapter.code_stage, *reversed(STAGES)]:
            link = highlight.symbol_link(source.stage(number), name)
            if link:
                return link
        if name not in KNOWN and not name in member_names():
            self.report(f"there is no symbol {name!r} in any stage, nor in book/names.txt")
        return None


def member_names():
    if not MEMBERS:
        for number in STAGES:
            for file in source.stage(number).files.values():
                MEMBERS.update(re.findall(r"\w+", "\n".join(file.lines)))
    return MEMBERS


MEMBERS = set()
KNOWN = set(read(os.path.join(BOOK, "names.txt")).split())
edges_explained = {}  # label -> [(page, anchor)]


def inline(html):
    return f"`{html}`{{=html}}"


def raw(html):
    yield from ("", "```````{=html}", html, "```````", "")


def chapters():
    """The chapters that are written."""
    return [Chapter(chapter) for chapter in CHAPTERS if chapter.written]
