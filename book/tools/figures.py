"""figures.py -- live figures: the still picture, and the script that brings it to life.

book/figures/NAME.svg is the still picture, for PDF, EPUB and readers without scripts. book/figures/build
makes build/book-work/figures/NAME.js for those that are live, which replaces it.
"""
import os
import re
import shutil
import subprocess
import sys

from common import BOOK, TOP, WORK, escape, read

FOLDER = os.path.join(WORK, "figures")
used = {}  # name -> [(page, caption)]


def build():
    """Let the figures' own build run, and take over what it and the folder hold."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    program = os.path.join(BOOK, "figures", "build")
    if os.path.exists(program):
        done = subprocess.run([program, FOLDER], cwd=TOP, check=False)
        if done.returncode != 0:
            sys.exit("book: book/figures/build failed; its messages are above")
    for name in sorted(os.listdir(os.path.join(BOOK, "figures"))):
        if name.endswith(".svg"):
            shutil.copy(os.path.join(BOOK, "figures", name), FOLDER)


def figure(attrs, chapter, report):
    """```{.figure name=bump caption="..."}```; the caption may use `code`."""
    name, caption = attrs.get("name", ""), attrs.get("caption", "")
    still = os.path.join(FOLDER, name + ".svg")
    if not os.path.exists(still):
        report(f"there is no figure {name!r}: no book/figures/{name}.svg")
        return ""
    if not caption:
        report("a figure needs a caption, which also stands for it where it cannot be seen")
    used.setdefault(name, []).append((chapter.page, caption))
    live = os.path.exists(os.path.join(FOLDER, name + ".js"))
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(caption, False))
    return (f'<figure class="picture{" live" if live else ""}" id="fig-{name}" data-figure="{name}">'
            f'<div class="canvas" tabindex="0">{svg(still)}</div><figcaption>{text}</figcaption></figure>')


def svg(path):
    """The picture, inline, so that it takes the page's colours; its ids made its own."""
    text = re.sub(r"^.*?(?=<svg)", "", read(path), flags=re.S).strip()
    name = os.path.basename(path)[:-4]
    text = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', text)
    text = re.sub(r'url\(#([^)]+)\)', rf'url(#{name}-\1)', text)
    return re.sub(r'(aria-(?:labelledby|describedby))="([^"]+)"', lambda m: m[1] + '="' + " ".join(
        f"{name}-{i}" for i in m[2].split()) + '"', text)


def scripts(page_html):
    """The scripts that a page's figures need."""
    names = re.findall(r'<figure class="picture live" id="fig-([^"]+)"', page_html)
    shared = ["figures.js"] if os.path.exists(os.path.join(FOLDER, "figures.js")) else []
    return [f"figures/{name}" for name in shared + [f"{n}.js" for n in dict.fromkeys(names)]] \
        if names else []
