"""pages.py -- the pages of the book as one static site that opens from a folder.

Nothing is fetched: the fonts stand in the style sheet, the search index is a script.
"""
import json
import math
import os
import re
import shutil
import subprocess

import figures
from common import BOOK, CHAPTERS, LAST_STAGE, SETUP, SITE, WORK, escape, output_of, read, write

STYLE = os.path.join(BOOK, "style")


class Page:
    """A page: its file's name, title, HTML, and headings (level, id, text)."""

    def __init__(self, name, title, html, chapter=None, kind="chapter"):
        self.name, self.title, self.chapter, self.kind = name, title, chapter, kind
        self.html, self.headings = number_headings(html, chapter)

    @property
    def label(self):
        return self.chapter.label if self.chapter else ""


def plain(html):
    """HTML without its tags."""
    text = re.sub(r"<[^>]+>", "", html)
    for name, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
        text = text.replace(name, sign)
    return re.sub(r"\s+", " ", text).strip()


def number_headings(html, chapter):
    """Number the sections of a chapter, and give each heading a link to itself."""
    headings, count = [], 0

    def heading(match):
        nonlocal count
        level, attrs, ident, text = int(match[1]), match[2], match[3], match[4]
        shown = ""
        if chapter and chapter.number and level == 2:
            count += 1
            shown = f'<span class="number">{chapter.number}.{count}</span> '
        headings.append((level, ident, plain(shown + text)))
        return (f'<h{level}{attrs}id="{ident}">{shown}{text}'
                f'<a class="self" href="#{ident}" aria-label="Link to this section">#</a></h{level}>')

    html = re.sub(r'<h([23])( (?:[^>]*? )?)id="([^"]+)"[^>]*>(.*?)</h\1>', heading, html, flags=re.S)
    html = re.sub(r"<colgroup>.*?</colgroup>", "", html, flags=re.S)
    html = re.sub(r"<table>(.*?)</table>", r'<div class="scroll" tabindex="0"><table>\1</table></div>',
                  html, flags=re.S)
    return html, headings


def unlink(html, names):
    """Take away the links to pages that are not there: chapters to come, or left out of an edition."""
    def keep(match):
        name = match[1].partition("#")[0]
        there = not name or ":" in name or name in names or not name.endswith(".html")
        return match[0] if there else match[2]
    return re.sub(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', keep, html, flags=re.S)


def sidebar(pages, current):
    """The list of pages; under the current one, its sections."""
    html, part = [], None
    for page in pages:
        if page.name == "index.html":
            continue
        title = part_of(page)
        if title and title != part:
            html.append(f'</ol><p class="part">{escape(title)}</p><ol>')
            part = title
        number = f'<span class="number">{page.chapter.number}</span> ' \
            if page.chapter and page.chapter.number else ""
        here = ' aria-current="page"' if page is current else ""
        sections = ""
        if page is current and page.kind == "chapter":
            sections = "<ol>" + "".join(f'<li><a href="#{i}">{escape(t)}</a></li>' for level, i, t in
                                        page.headings if level == 2) + "</ol>"
            sections = sections.replace("<ol></ol>", "")
        html.append(f'<li><a href="{page.name}"{here}>{number}{escape(page.title)}</a>{sections}</li>')
    return f"<ol>{''.join(html)}</ol>".replace("<ol></ol>", "")


def part_of(page):
    if page.chapter:
        parts = [c.part for c in CHAPTERS[:CHAPTERS.index(page.chapter) + 1] if c.part]
        return parts[-1] if parts else ""
    return "Reference" if page.kind == "reference" else "Back matter"


def render(page, pages):
    """A page in the template."""
    place = pages.index(page)
    values = {
        "title": escape(page.title), "book": escape(SETUP["title"]), "short": escape(SETUP["short"]),
        "label": f'<p class="label">{page.label}</p>' if page.label else "",
        "heading": f"<h1>{escape(page.title)}</h1>" if page.kind != "cover" else "",
        "sidebar": sidebar(pages, page), "content": page.html, "kind": page.kind,
        "before": neighbour(pages, place - 1, "prev"), "after": neighbour(pages, place + 1, "next"),
        "scripts": "".join(f'<script src="{src}" defer></script>' for src in figures.scripts(page.html)),
        "full_title": escape(page.title if page.kind == "cover" else
                             f"{page.title} · {SETUP['short']}"),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda m: values[m[1]], read(os.path.join(STYLE, "page.html")))


def neighbour(pages, place, rel):
    if not 0 <= place < len(pages):
        return "<span></span>"
    page = pages[place]
    word = {"prev": "Before", "next": "Next"}[rel]
    return (f'<a rel="{rel}" href="{page.name}"><span>{word}</span> '
            f'{escape(page.label + ": " if page.label else "")}{escape(page.title)}</a>')


def fonts():
    """The fonts of fonts.txt, cut down to what the book may print, as a style sheet of data URIs."""
    import base64
    rules = []
    os.makedirs(os.path.join(WORK, "fonts"), exist_ok=True)
    for row in read(os.path.join(STYLE, "fonts.txt")).splitlines():
        if not row or row.startswith("#"):
            continue
        family, weight, style, path = re.split(r"\s{2,}", row)
        out = os.path.join(WORK, "fonts", os.path.basename(path) + ".woff2")
        if not os.path.exists(out):
            output_of(["pyftsubset", path, "--flavor=woff2", f"--output-file={out}",
                       "--unicodes-file=" + os.path.join(STYLE, "characters.txt"),
                       "--layout-features=kern,liga,calt,onum,lnum,tnum,smcp,c2sc,frac,zero"
                       if "Mono" not in family else "--layout-features=kern,zero"])
        with open(out, "rb") as file:
            data = base64.b64encode(file.read()).decode()
        rules.append(f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:{style};'
                     f'font-display:swap;src:url(data:font/woff2;base64,{data}) format("woff2")}}')
    return "\n".join(rules) + "\n"


def licences():
    """What Debian's packages say about the fonts."""
    text = read(os.path.join(STYLE, "fonts.txt"))
    packages = re.findall(r"Debian: (\S+)", text)
    return "\n\n".join(f"== {name}\n\n" + read(f"/usr/share/doc/{name}/copyright") for name in packages)


WORD = re.compile(r"[a-z_][a-z0-9_]+")
STOP = set("the a an of to in is it and or that for as with on be by are this at from not so no its which "
           "has have was one can if but they then their there what when than into only".split())


def stem(word):
    """Plural and singular are one word. search.js does the same."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def sections(page):
    """(title, address, text) of each section of a page."""
    pieces = re.split(r'(?=<h[23][^>]*? ?id=")', page.html)
    for piece in pieces:
        found = re.match(r'<h[23][^>]*?id="([^"]+)"[^>]*>(.*?)</h', piece, re.S)
        title = plain(re.sub(r'<a class="self".*', "", found[2])) if found else page.title
        text = plain(re.sub(r"<svg.*?</svg>|</?(?:pre|p|li|h\d|td|th|del|ins)[^>]*>", " ", piece,
                            flags=re.S))
        text = text.replace("#", "", 1).removeprefix(title).strip()
        if text:
            yield title, page.name + (f"#{found[1]}" if found else ""), text


def standing(page):
    """The text comes before what is looked up in it, the last stage before the older ones."""
    if page.kind == "reference":
        return 0.5 if page.name == f"reference_{LAST_STAGE}.html" else 0.15
    return 1 if page.kind == "chapter" else 0.8


def search_index(pages):
    """Weights of the BM25 formula, computed here: word -> [section, weight, section, weight ...]."""
    documents, counts = [], []
    for page in pages:
        if page.name == "names.html":  # an index of its own
            continue
        for title, address, text in sections(page):
            words = {}
            for word in WORD.findall((title + " ") .lower() * 4 + text.lower()):
                if word not in STOP:
                    words[stem(word)] = words.get(stem(word), 0) + 1
            label = page.title if title == page.title else f"{page.title}: {title}"
            documents.append([label, address, text[:160]])
            counts.append((words, standing(page)))
    average = sum(sum(w.values()) for w, _ in counts) / max(1, len(counts))
    containing = {}
    for words, _ in counts:
        for word in words:
            containing[word] = containing.get(word, 0) + 1
    index = {}
    for number, (words, factor) in enumerate(counts):
        length = sum(words.values())
        for word, count in words.items():
            rare = math.log(1 + (len(counts) - containing[word] + 0.5) / (containing[word] + 0.5))
            weight = rare * count * 2.2 / (count + 1.2 * (0.7 + 0.3 * length / average))
            index.setdefault(word, []).extend([number, round(weight * factor, 2)])
    return "var SEARCH=" + json.dumps({"documents": documents, "words": index}, ensure_ascii=False,
                                      sort_keys=True, separators=(",", ":")) + ";\n"


def emit(pages):
    """Write the site."""
    keep = {os.path.basename(p) for p in (SETUP["short"] + ".pdf", SETUP["short"] + ".epub")}
    os.makedirs(SITE, exist_ok=True)
    for name in os.listdir(SITE):
        if name not in keep:
            path = os.path.join(SITE, name)
            shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
    names = {page.name for page in pages}
    for page in pages:
        write(os.path.join(SITE, page.name), unlink(render(page, pages), names))
    write(os.path.join(SITE, "fonts.css"), fonts())
    for name in ("book.css", "book.js", "search.js"):
        shutil.copyfile(os.path.join(STYLE, name), os.path.join(SITE, name))
    write(os.path.join(SITE, "fonts-licences.txt"), licences())
    write(os.path.join(SITE, "search-index.js"), search_index(pages))
    if os.path.isdir(figures.FOLDER) and os.listdir(figures.FOLDER):
        shutil.copytree(figures.FOLDER, os.path.join(SITE, "figures"), dirs_exist_ok=True)
