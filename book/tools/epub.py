"""epub.py -- the book as an EPUB 3: the site's pages in a zip, with a contents file and a list.

Own code and not pandoc's writer, because pandoc would not mend the links inside our listings when it
splits a book into files; here the files are the site's, so the links hold as they are.
"""
import os
import re
import zipfile
from xml.etree import ElementTree

import edition
from common import BOOK, SETUP, SITE, escape, read

PATH = os.path.join(SITE, SETUP["short"] + ".epub")
EPOCH = (2020, 1, 1, 0, 0, 0)  # the same bytes from every build

PAGE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{language}" xml:lang="{language}">
<head><title>{title}</title><link rel="stylesheet" type="text/css" href="book.css"/></head>
<body class="{kind}">{body}</body>
</html>
"""


def write(pages):
    """Write the EPUB; returns its path."""
    chosen = edition.pages_of(pages)
    names = {page.name for page in chosen}
    files = {"title.xhtml": page_file("title", title_page(), "cover"),
             "nav.xhtml": page_file("Contents", contents(chosen), "contents")}
    for page in chosen:
        label = f'<p class="label">{page.label}</p>' if page.label else ""
        body = f"{label}<h1>{escape(page.title)}</h1>{xhtml(edition.flat(page.html, names), names)}"
        files[page.name.replace(".html", ".xhtml")] = page_file(page.title, body, page.kind)
    for name, text in files.items():
        try:
            ElementTree.fromstring(text)
        except ElementTree.ParseError as error:
            raise SystemExit(f"book: {name} of the EPUB is no XML: {error}") from None
    with zipfile.ZipFile(PATH, "w", zipfile.ZIP_DEFLATED) as archive:
        put(archive, "mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        put(archive, "META-INF/container.xml", CONTAINER)
        put(archive, "OEBPS/content.opf", package(files))
        put(archive, "OEBPS/book.css", read(os.path.join(BOOK, "style", "epub.css")))
        for name, text in files.items():
            put(archive, f"OEBPS/{name}", text)
    return PATH


def put(archive, name, text, how=zipfile.ZIP_DEFLATED):
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type, entry.external_attr = how, 0o644 << 16
    archive.writestr(entry, text.encode())


def page_file(title, body, kind):
    return PAGE.format(language=SETUP["language"], title=escape(title), kind=kind, body=body)


def xhtml(html, names):
    """Links between the files, and the few things that HTML allows and XML does not."""
    for name in names:
        html = html.replace(f'href="{name}', f'href="{name[:-5]}.xhtml')
    html = re.sub(r"<(br|hr|img|col|input)([^<>]*?)\s*/?>", r"<\1\2/>", html)
    return re.sub(r"&(?!(?:amp|lt|gt|quot|#\d+|#x[0-9a-fA-F]+);)", "&amp;", html)


def title_page():
    return (f'<h1>{escape(SETUP["title"])}</h1><p class="subtitle">{escape(SETUP["subtitle"])}</p>'
            f'<p>{escape(SETUP["short"])} {version()}. Licence: {escape(SETUP["licence"])}.</p>')


def version():
    header = read(os.path.join(BOOK, "..", "stages", "06_orphanage", "bitslab.h"))
    return re.search(r'BITSLAB_VERSION "(.+?)"', header)[1]


def contents(pages):
    rows = []
    for page in pages:
        file = page.name.replace(".html", ".xhtml")
        inner = "".join(f'<li><a href="{file}#{ident}">{escape(text)}</a></li>' for level, ident, text in
                        page.headings if level == 2 and page.kind == "chapter")
        number = f"{page.chapter.number}. " if page.chapter and page.chapter.number else ""
        rows.append(f'<li><a href="{file}">{number}{escape(page.title)}</a>'
                    f'{f"<ol>{inner}</ol>" if inner else ""}</li>')
    return f'<nav epub:type="toc" id="toc"><h1>Contents</h1><ol>{"".join(rows)}</ol></nav>'


def package(files):
    items, spine = [], []
    for name, text in files.items():
        ident = re.sub(r"\W", "-", name)
        marks = (["nav"] if name == "nav.xhtml" else []) + (["svg"] if "<svg" in text else [])
        mark = f' properties="{" ".join(marks)}"' if marks else ""
        items.append(f'<item id="i-{ident}" href="{name}" media-type="application/xhtml+xml"{mark}/>')
        spine.append(f'<itemref idref="i-{ident}"/>')
    return PACKAGE.format(title=escape(SETUP["title"]), language=SETUP["language"], version=version(),
                          short=SETUP["short"], items="".join(items), spine="".join(spine))


CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>
"""
PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="{language}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:{short}:book:{version}</dc:identifier>
<dc:title>{title}</dc:title><dc:language>{language}</dc:language>
<meta property="dcterms:modified">2020-01-01T00:00:00Z</meta>
<meta property="schema:accessMode">textual</meta><meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
</metadata>
<manifest><item id="css" href="book.css" media-type="text/css"/>{items}</manifest>
<spine>{spine}</spine>
</package>
"""
