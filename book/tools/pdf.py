"""pdf.py -- the book as a PDF: one long page, printed by Chromium, tagged and with an outline.

Printed twice: the first time tells on which page each section begins, which the contents then say.
"""
import os
import re
import shutil
import subprocess

import edition
from common import BOOK, SETUP, SITE, WORK, escape, output_of, read
from common import write as write_file
from epub import version
from pages import part_of

PATH = os.path.join(SITE, SETUP["short"] + ".pdf")
FLAGS = ("--headless=new --no-sandbox --disable-gpu --disable-background-networking "
         "--no-pdf-header-footer --generate-pdf-document-outline").split()


def write(pages):
    """Write the PDF; returns its path."""
    chosen = edition.pages_of(pages)
    html = os.path.join(WORK, "print.html")
    raw = os.path.join(WORK, "print.pdf")
    write_file(html, document(chosen, {}))
    chromium(html, raw)
    write_file(html, document(chosen, page_numbers(raw)))
    chromium(html, raw)
    with open(raw, "rb") as file:  # the same bytes from every build
        data = re.sub(rb"(/(?:CreationDate|ModDate) \(D:)\d{14}", rb"\g<1>20200101000000", file.read())
    with open(raw, "wb") as file:
        file.write(data)
    output_of(["qpdf", "--static-id", "--object-streams=generate", "--recompress-flate",
               "--compression-level=9", raw, PATH])
    return PATH


def chromium(html, pdf):
    program = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    profile = os.path.join(WORK, "chromium")
    if os.path.exists(pdf):
        os.remove(pdf)
    done = subprocess.run([program, *FLAGS, f"--user-data-dir={profile}", f"--print-to-pdf={pdf}",
                           "file://" + html], capture_output=True, text=True, check=False)
    if not os.path.exists(pdf):
        raise SystemExit(f"book: chromium made no PDF:\n{done.stderr[-2000:]}")


def page_numbers(pdf):
    """Named destination -> page."""
    found = {}
    for line in output_of(["pdfinfo", "-dests", pdf]).splitlines():
        match = re.match(r'\s*(\d+) \[.*?\] "(.+)"', line)
        if match:
            found.setdefault(match[2], match[1])
    return found


def document(pages, numbers):
    """All pages in one, with names that cannot clash."""
    names = {page.name for page in pages}
    body = [cover(), contents(pages, numbers)]
    for page in pages:
        label = f'<p class="label">{page.label}</p>' if page.label else ""
        text = local(edition.flat(page.html, names), page.name[:-5], names)
        body.append(f'<section class="page {page.kind}" id="{page.name[:-5]}">{label}'
                    f'<h1>{escape(page.title)}</h1>{text}</section>')
    style = "".join(read(os.path.join(SITE, name)) for name in ("fonts.css", "book.css"))
    style += read(os.path.join(BOOK, "style", "print.css"))
    return (f'<!DOCTYPE html><html lang="{SETUP["language"]}" data-theme="light"><head>'
            f'<meta charset="utf-8"/><title>{escape(SETUP["title"])}</title><style>{style}</style></head>'
            f'<body class="print"><article>{"".join(body)}</article></body></html>')


def local(html, page, names):
    """Names and links of a page, made unique in the whole."""
    html = re.sub(r'\bid="([^"]+)"', rf'id="{page}--\1"', html)
    html = re.sub(r'(aria-labelledby)="([^"]+)"', rf'\1="{page}--\2"', html)
    html = re.sub(r"url\(#([^)]+)\)", rf"url(#{page}--\1)", html)

    def link(match):
        name, _, fragment = match[1].partition("#")
        name = name[:-5] if name in names else page if not name else None
        if name is None:
            return match[0]
        return f'href="#{name}--{fragment}"' if fragment else f'href="#{name}"'
    return re.sub(r'href="([^":]*)"', link, html)


def cover():
    return (f'<section class="title-page"><h1>{escape(SETUP["title"])}</h1>'
            f'<p class="subtitle">{escape(SETUP["subtitle"])}</p>'
            f'<p class="imprint">{escape(SETUP["short"])} {version()} · Licence: '
            f'{escape(SETUP["licence"])}</p></section>')


def contents(pages, numbers):
    rows, part = [], None
    for page in pages:
        if part_of(page) != part:
            part = part_of(page)
            rows.append(f'<p class="part">{escape(part)}</p>' if part else "")
        number = f"{page.chapter.number} " if page.chapter and page.chapter.number else ""
        rows.append(row("chapter", page.name[:-5], number + page.title, numbers))
        if page.kind == "chapter":
            rows += [row("section", f"{page.name[:-5]}--{ident}", text, numbers)
                     for level, ident, text in page.headings if level == 2]
    return f'<nav class="toc"><h1>Contents</h1>{"".join(rows)}</nav>'


def row(kind, target, text, numbers):
    return (f'<p class="{kind}"><a href="#{target}"><span>{escape(text)}</span>'
            f'<span class="dots"></span><span>{numbers.get(target, "")}</span></a></p>')
