"""glossary.py -- the glossary's terms and the index: where the book uses a word, where it has a name."""
import os
import re

import highlight
import listing
import source
from common import BOOK, CHAPTERS, LAST_STAGE, STAGES, escape, read


def terms():
    """Term -> description, from chapters/glossary.md (a pandoc definition list)."""
    path = os.path.join(BOOK, "chapters", "glossary.md")
    found = re.findall(r"^(\S[^\n]*)\n:\s", read(path), re.M) if os.path.exists(path) else []
    return [re.sub(r"[`*]", "", term) for term in found]


def slug(term):
    return "term-" + re.sub(r"\W+", "-", term.lower()).strip("-")


def with_anchors(html):
    """Give each term an anchor."""
    return re.sub(r"<dt>(.*?)</dt>", lambda m: f'<dt id="{slug(re.sub("<[^>]+>", "", m[1]))}">{m[1]}</dt>',
                  html, flags=re.S)


def index(pages):
    """The index: terms and symbols, each with the sections that tell of it."""
    entries = {}
    for term in terms():
        places = uses(term, pages)
        links = [f'<a href="glossary.html#{slug(term)}">glossary</a>'] + places
        entries[term] = links
    for name, places in symbol_places().items():
        entries[name] = places
    groups = {}
    for name in sorted(entries, key=lambda n: (n.lower().lstrip("_"), n)):
        groups.setdefault(name.lstrip("_")[0].upper(), []).append(name)
    letters = " ".join(f'<a href="#letter-{letter}">{letter}</a>' for letter in groups)
    html = [f'<p class="letters">{letters}</p>']
    for letter, names in groups.items():
        rows = "".join(f'<li>{shown(n, n in terms())} {", ".join(entries[n])}</li>' for n in names)
        html.append(f'<h2 id="letter-{letter}">{letter}</h2><ul class="index">{rows}</ul>')
    return "".join(html)


def shown(name, is_term):
    return f"<b>{escape(name)}</b>" if is_term else f"<code>{escape(name)}</code>"


def uses(term, pages):
    """The sections of chapters that use a term, at most six."""
    found = {}
    word = re.compile(rf"\b{re.escape(term)}s?\b", re.I)
    for page in pages:
        if page.kind != "chapter" or page.chapter is None:
            continue
        for piece in re.split(r"(?=<h2[ >])", page.html):
            if word.search(re.sub(r"<figure class=\"listing.*?</figure>|<[^>]+>", " ", piece, flags=re.S)):
                ident = re.match(r'<h2[^>]*?id="([^"]+)"[^>]*>(?:<span class="number">([\d.]+)</span>)?',
                                 piece)
                number = ident and ident[2] or page.chapter.number or "opening"
                found.setdefault(number, f'<a href="{page.name}{"#" + ident[1] if ident else ""}">'
                                 f'{number}</a>')
    return list(found.values())[:6]


def symbol_places():
    """Names of the code that chapters show -> links to the listing and to the reference."""
    found = {}
    for (number, file, name), places in sorted(listing.shown.places.items(), key=lambda p: p[0][0]):
        for page_name, anchor in places[:1]:
            chapter = next(c for c in CHAPTERS if c.page == page_name)
            number = chapter.number or "opening"
            found.setdefault(name, {}).setdefault(number, f'<a href="{page_name}#{anchor}">{number}</a>')
    found = {name: list(links.values()) for name, links in found.items()}
    for name, links in found.items():
        for number in [LAST_STAGE, *reversed(STAGES)]:
            link = highlight.symbol_link(source.stage(number), name)
            if link:
                links.append(f'<a href="{link}">reference</a>')
                break
    return found
