"""papers.py -- the papers: what they say, where, and where we use it; the links go both ways.

A place is a section, page or slide that papers.toml lists. A citation without a listed place is a
mistake, so nobody can invent one; a place that was not checked against the text says so.
"""
import os
import re
import tomllib

import highlight
import source
from common import BOOK, STAGES, escape, problems

PATH = os.path.join(BOOK, "papers.toml")
with open(PATH, "rb") as file:
    DATA = tomllib.load(file)
PAPERS = {paper["key"]: paper for paper in DATA["paper"]}
BY_SHORT = {paper["short"]: paper for paper in DATA["paper"]}
highlight.papers.update({escape(short, False): paper["key"] for short, paper in BY_SHORT.items()})
LOOKS_LIKE_A_PAPER = re.compile(r"[A-Z]\w+(?: et al\.| & \w+)? \d{4}\b")

cited = {}  # key -> [(chapter, anchor, place)]
WHERE = re.compile(r"Source\s+(.*?)(?=\n \*\s*(?:[A-Z][a-z]+\s{2}|$|/|\S.*\s{3})|\n \*/|\*/|\Z)", re.S)


def place_of(paper, locator):
    return next((p for p in paper.get("place", []) if p["at"] == locator), None)


def cite(text, chapter, report):
    """[@key, place; @key, place] as links, with a margin note at a paper's first use in a chapter."""
    links, notes = [], []
    for part in text.split(";"):
        found = re.fullmatch(r"\s*@([\w-]+)(?:,\s*(.+?))?\s*", part)
        key = found[1] if found else part.strip()
        paper = PAPERS.get(key)
        if paper is None:
            report(f"there is no paper {key!r} in papers.toml")
            continue
        place = place_of(paper, found[2])
        if found[2] is None:
            report(f"a citation names a place: [@{key}, sec. 3]; known: {known_places(paper)}")
            continue
        if place is None:
            report(f"papers.toml knows no place {found[2]!r} of {key}; known: {known_places(paper)}")
            continue
        uses = cited.setdefault(key, [])
        anchor = f"cite-{key}-{sum(c.page == chapter.page for c, _, _ in uses) + 1}"
        first = not any(c.page == chapter.page for c, _, _ in uses)
        uses.append((chapter, anchor, found[2]))
        doubt = "" if place.get("checked") else '<span class="doubt" title="not checked against the text">?</span>'
        links.append(f'<a class="cite" id="{anchor}" href="papers.html#{key}">'
                     f'{escape(paper["short"])}, {escape(found[2])}</a>{doubt}')
        if first:
            notes.append(f'<span class="margin paper"><span class="margin-title">{escape(paper["short"])}'
                         f'</span> {escape(paper["title"])}. {escape(found[2])}: '
                         f'{escape(place["says"])}</span>')
    return f'<span class="cites">({"; ".join(links)})</span>' + "".join(notes)


def known_places(paper):
    return ", ".join(p["at"] for p in paper.get("place", [])) or "none"


def source_lines(file):
    """(line, text) of each Source in a file's comments, continued lines joined."""
    for number, line in enumerate(file.lines, 1):
        found = re.match(r"\s*\*\s+(?:@source|Source)\s+(.*)", line)
        if not found:
            continue
        text, after = found[1], number
        while after < len(file.lines):
            more = re.match(r" \*\s{6,}(\S.*)", file.lines[after])
            if not more:
                break
            text, after = f"{text} {more[1]}", after + 1
        yield number, text.split("*/")[0].strip()


def citations(text):
    """(paper or None, the words) of each part of a Source line."""
    for part in re.split(r";\s*|\.\s+(?=[A-Z]\w+ ?\d{4})", text):
        part = part.strip().rstrip(".")
        if part:
            paper = next((p for short, p in BY_SHORT.items() if part.startswith(short)), None)
            yield paper, part


def from_code():
    """key -> [(stage, file, line, words)], and what is wrong with the comments' citations."""
    found = {}
    for number in STAGES:
        for file in source.stage(number).files.values():
            for line, text in source_lines(file):
                for paper, words in citations(text):
                    if paper is not None:
                        check_words(paper, words, file, line)
                        found.setdefault(paper["key"], []).append((number, file, line, words))
                    elif LOOKS_LIKE_A_PAPER.match(words):
                        problems.add(file.path, line, f"papers.toml knows no source {words!r}")
    return found


def check_words(paper, words, file, line):
    rest = words[len(paper["short"]):].strip()
    section = re.match(r"(?:sec|p|ch)\. [\w.–-]+", rest)
    if section and not place_of(paper, section[0]):
        problems.add(file.path, line, f"papers.toml knows no place {section[0]!r} of {paper['key']}; "
                     f"known: {known_places(paper)}")
    elif not section and not re.match(r"\(.+\)$", rest):
        problems.add(file.path, line, f"a citation names a place or a topic: {words!r}")


def linked(text):
    """A Source line with links to the papers."""
    parts = []
    for paper, words in citations(text):
        shown = escape(words)
        parts.append(f'<a href="papers.html#{paper["key"]}">{shown}</a>' if paper else shown)
    return "; ".join(parts)


def page():
    """The page of papers."""
    in_code = from_code()
    html = [DATA["introduction"]]
    for paper in sorted(DATA["paper"], key=lambda p: (p["year"], p["short"])):
        key = paper["key"]
        if key not in cited and complete():
            problems.add(PATH, 0, f"{key} is never cited in a chapter")
        html.append(entry(paper, in_code.get(key, [])))
    return "".join(html)


def unverified():
    """The places that nobody held against the text, as a list."""
    rows = "".join(f'<li><a href="papers.html#{paper["key"]}">{escape(paper["short"])}</a>: ' +
                   ", ".join(escape(p["at"]) for p in paper["place"] if not p.get("checked")) + "</li>"
                   for paper in sorted(DATA["paper"], key=lambda p: (p["year"], p["short"]))
                   if any(not p.get("checked") for p in paper["place"]))
    return f"<ul>{rows}</ul>"


def complete():
    from common import CHAPTERS
    return all(chapter.written and chapter.complete for chapter in CHAPTERS)


def entry(paper, uses):
    key = paper["key"]
    facts = "".join(
        f'<h3>{title}</h3><p>{code_words(paper[name])}</p>'
        for name, title in (("says", "What it says"), ("take", "What we take"),
                            ("change", "What we change"), ("leave", "What we leave out"))
        if paper.get(name))
    places = "".join(
        f'<li><b>{escape(p["at"])}</b> {escape(p["says"])}'
        f'{"" if p.get("checked") else " <em>(not checked against the text)</em>"}</li>'
        for p in paper.get("place", []))
    if paper.get("checked_against"):
        places += f'<li><em>Checked against {escape(paper["checked_against"])}.</em></li>'
    return (f'<section class="paper-entry"><h2 id="{key}">{escape(paper["short"])}</h2>'
            f'<p class="full">{escape(paper["authors"])}. <cite>{escape(paper["title"])}</cite>. '
            f'{escape(paper["where"])}, {paper["year"]}.{where_to_read(paper)}</p>'
            f'{facts}<h3>Places</h3><ul class="places">{places}</ul>'
            f'<h3>Used in</h3><ul class="uses">{"".join(used_in(key, uses))}</ul></section>')


def where_to_read(paper):
    url = paper.get("url")
    return f' <a href="{escape(url)}">{escape(re.sub("^https?://", "", url))}</a>' if url else ""


def code_words(text):
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, False))


def used_in(key, uses):
    chapters = {}
    for chapter, anchor, place in cited.get(key, []):
        chapters.setdefault(chapter.slug, []).append(
            f'<a href="{chapter.page}#{anchor}">{escape(place)}</a>')
        title = f"{chapter.label}: {chapter.title}" if chapter.number else chapter.title
        chapters[chapter.slug + "/title"] = title
    for slug, links in chapters.items():
        if not slug.endswith("/title"):
            yield f"<li>{escape(chapters[slug + '/title'])}: {', '.join(links)}</li>"
    files = {}
    for number, file, line, words in uses:
        files.setdefault(file.name, {})[number] = line
    for name, numbers in sorted(files.items()):
        last = max(numbers)
        link = f"reference_{last}.html#{highlight.anchor(name, '')[:-1]}"
        yield (f'<li>Code: <a href="{link}"><code>{name}</code></a>, '
               f'stage{"s" * (len(numbers) > 1)} {", ".join(map(str, sorted(numbers)))}</li>')
    if key not in cited and not uses:
        yield "<li>Not cited yet.</li>"
