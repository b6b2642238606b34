"""assemble.py -- all pages of the book, in order, with every link looked at."""
import os
import re

import exercises
import figures
import glossary
import highlight
import markdown
import measurements
import pages as site_pages
import papers
import reference
from common import BOOK, CHAPTERS, SETUP, STAGES, Chapter, escape, problems, read
from pages import Page


def extra(slug, title):
    """A text of the back matter, written like a chapter."""
    return Chapter({"slug": slug, "title": title})


def read_chapters():
    """Every chapter as HTML: (Markdown, page)."""
    figures.build()
    texts = []
    for text in markdown.chapters():
        texts.append((text, Page(text.chapter.page, text.chapter.title, text.html(), text.chapter)))
    return texts


def answer(path, chapter):
    """An answer as HTML; its names are those of the chapter's stage."""
    here = Chapter({"slug": "answers", "title": "Answers to the exercises", "stage": chapter.stage})
    text = markdown.Chapter(here, path=path)
    html = text.html()
    answer_links.extend((text, target, line) for target, line in text.links)
    return re.sub(r"<(/?)h[23]\b[^>]*>", r"<\1h4>", html)


answer_links = []


def site():
    """Build the site. Returns its pages."""
    texts = read_chapters()
    pages = [page for _, page in texts]
    glossary_text = markdown.Chapter(extra("glossary", "Glossary"))
    pages.append(Page("answers.html", "Answers to the exercises", exercises.answers(answer),
                      kind="back"))
    pages.append(Page("measurements.html", "Measurements", measurements.page(), kind="back"))
    pages.append(Page("papers.html", "The papers", papers.page(), kind="back"))
    pages.append(Page("glossary.html", "Glossary", glossary.with_anchors(glossary_text.html()),
                      kind="back"))
    colophon = markdown.Chapter(extra("colophon", "Colophon"))
    pages.append(Page("colophon.html", "Colophon", colophon.html() + papers.unverified(), kind="back"))
    index = glossary.index(pages)
    pages.insert(-1, Page("names.html", "Index", index, kind="back"))
    pages.append(Page("edges.html", "Memory orders", reference.edges(markdown.edges_explained),
                      kind="reference"))
    for number in reversed(STAGES):
        pages.append(Page(f"reference_{number}.html", f"Reference, stage {number}",
                          reference.page(number), kind="reference"))
    pages.insert(0, Page("index.html", SETUP["title"], cover(pages), kind="cover"))
    links = [(text, target, line) for text, _ in texts for target, line in text.links]
    look_at_links(pages, links + answer_links +
                  [(text, target, line) for text in (glossary_text, colophon)
                   for target, line in text.links])
    problems.stop_if_any()
    site_pages.emit(pages)
    return pages


def cover(pages):
    """The first page: what this is, and the contents."""
    rows, part = [], None
    for page in pages:
        title = site_pages.part_of(page)
        if title != part:
            rows.append(f'</ol><h2 class="part">{escape(title)}</h2><ol>' if title else "")
            part = title
        number = f'<span class="number">{page.chapter.number}</span>' \
            if page.chapter and page.chapter.number else ""
        rows.append(f'<li>{number}<a href="{page.name}">{escape(page.title)}</a>{lesson(page)}</li>')
    for chapter in CHAPTERS:
        if not chapter.written and chapter.number:
            pass  # named by the build and the check
    contents = re.sub(r"<ol></ol>", "", f"<ol>{''.join(rows)}</ol>")
    return (f'<div class="title"><h1>{escape(SETUP["title"])}</h1><p class="subtitle">'
            f'{escape(SETUP["subtitle"])}</p></div><p class="downloads">'
            f'<a href="{SETUP["short"]}.pdf">PDF</a> <a href="{SETUP["short"]}.epub">EPUB</a></p>'
            f'<nav class="contents" aria-label="Contents">{contents}</nav>')


def lesson(page):
    """The one-line lesson of a chapter's stage."""
    if not page.chapter or not page.chapter.stage:
        return ""
    path = os.path.join(os.path.dirname(BOOK), "stages", STAGES[page.chapter.stage], "LESSON")
    return f'<span class="lesson">{escape(read(path).strip())}</span>'


def look_at_links(pages, links):
    """Every link of the text leads to a page and an anchor that exist."""
    anchors = {page.name: set(re.findall(r'\bid="([^"]+)"', page.html)) for page in pages}
    for text, target, line in links:
        name, _, fragment = target.partition("#")
        text.line = line
        name = name or text.chapter.page
        chapter = next((c for c in CHAPTERS if c.page == name), None)
        if name.endswith(".txt"):
            continue
        if name not in anchors:
            if not (chapter and not chapter.written):
                text.report(f"there is no page {name!r}")
        elif fragment and fragment not in anchors[name]:
            text.report(f"there is no place {fragment!r} in {name}")
